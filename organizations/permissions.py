"""Roles at HTTP. Isolation is below it, in the database; this decides what a member of the organization may do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from organizations import scope
from organizations.roles import CONTRIBUTORS, EDITORS, OWNERS, READERS, STAFF

__all__ = ["CONTRIBUTORS", "EDITORS", "OWNERS", "READERS", "STAFF", "allow", "may"]

View = Callable[..., HttpResponseBase]


def allow(roles: Iterable[str]) -> Callable[[View], View]:
    """Let only these roles through; others get 403. Every organization view declares one (contract test)."""
    allowed = frozenset(roles)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may(allowed):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.allowed_roles = allowed  # type: ignore[attr-defined]
        return guarded

    return decorate


def may(roles: Iterable[str]) -> bool:
    """Whether the bound actor has one of these roles. Raises `scope.Unbound` outside a scope."""
    return scope.current().role in roles
