"""What guards the passwords in production, since the suite itself hashes cheaply (tests/hashing.py)."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher
from django.test import override_settings

from config import sign_in


def test_passwords_are_hashed_with_argon2_at_its_full_cost() -> None:
    with override_settings(PASSWORD_HASHERS=sign_in.PASSWORD_HASHERS):
        hasher = get_hasher("default")
    assert type(hasher) is Argon2PasswordHasher
    # OWASP's floor for argon2id is 19 MiB with two passes.
    assert (hasher.memory_cost, hasher.time_cost) >= (19 * 1024, 2)
