"""Every address of an organization says who may see it, and no address falls outside the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from organizations.api.door import ApiView
from organizations.roles import API_READERS, PEOPLE

# Addresses outside /o/<slug>/ and /api/v1/o/<slug>/, by prefix, each with its reason.
OUTSIDE = {
    "healthz": "process watchers",
    "readyz": "process watchers",
    "account/": "signing in and one's own account; the accounts room guards each page",
    "api/v1/openapi.json": "describes routes, holds no data",
    "": "the front door: sends people to sign in or to their organizations",
}


def addresses(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, path)
        else:
            yield path, pattern


PAGES = {path: pattern for path, pattern in addresses() if path.startswith("o/<slug:slug>/")}
ROUTES = {path: pattern for path, pattern in addresses() if path.startswith("api/v1/o/<slug:slug>/")}


def test_there_are_pages_and_routes() -> None:
    assert PAGES
    assert ROUTES


@pytest.mark.parametrize("path", PAGES)
def test_a_page_declares_the_roles_that_may_see_it(path: str) -> None:
    roles = getattr(PAGES[path].callback, "allowed_roles", None)
    assert roles, f"{path} has no @allow(...)"
    assert roles <= set(PEOPLE)


@pytest.mark.parametrize("path", ROUTES)
def test_a_route_goes_through_the_door(path: str) -> None:
    view = ROUTES[path].callback.view_class
    assert issubclass(view, ApiView)
    assert view.allowed_roles <= API_READERS


@pytest.mark.parametrize("path", [path for path, _ in addresses() if path not in PAGES and path not in ROUTES])
def test_an_address_outside_an_organization_has_a_reason(path: str) -> None:
    assert path in OUTSIDE or any(prefix and path.startswith(prefix) for prefix in OUTSIDE), path


def test_every_page_has_a_name() -> None:
    assert not [path for path, pattern in PAGES.items() if not pattern.name]


def test_the_django_admin_is_not_mounted() -> None:
    assert not [path for path, _ in addresses() if "admin" in path]
