"""The sign-in connection: calls of the definer functions of schema `sec`.

Two aliases are used here. `signin` (role `app_signin`) opens, steps up and
closes sessions. `default` answers what a session may see, because the answer
depends on the process: `app_rt` sees no auditor's membership, `app_audit` no
other. Nothing here binds an organization.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, connections

SIGN_IN_ALIAS = "signin"


def rows_as_sign_in(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement as `app_signin` and return its rows. Raises `django.db.DatabaseError`."""
    return _rows(SIGN_IN_ALIAS, sql, parameters)


def value_as_sign_in(sql: str, parameters: Sequence[Any]) -> Any:
    """Run one statement as `app_signin` and return the first column of its first row."""
    found = rows_as_sign_in(sql, parameters)
    return found[0][0] if found else None


def rows_as_process(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one unbound statement as the role of this process (`app_rt` or `app_audit`)."""
    return _rows("default", sql, parameters)


def sqlstate(error: DatabaseError) -> str:
    """Return the five-character SQLSTATE that the database answered with, or an empty string."""
    return str(getattr(error.__cause__, "sqlstate", "") or "")


def _rows(alias: str, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return [tuple(row) for row in cursor.fetchall()]
