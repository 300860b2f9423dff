"""Fixtures of the whole suite. The database is always open, as the application's own roles; nothing is cleaned up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.cast import Cast, Organization, make_cast, make_organization


@pytest.fixture(scope="session", autouse=True)
def _database_is_open(django_db_blocker: pytest.Item) -> Iterator[None]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["tests.hashing.QuickArgon2PasswordHasher"]):
        yield


@pytest.fixture
def cast() -> Cast:
    """Olga, Alice, Bob and Vera in A, Mallory in B; new for each test."""
    return make_cast()


@pytest.fixture
def organization() -> Organization:
    """A new organization with its owner."""
    return make_organization()
