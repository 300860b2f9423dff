"""Database aliases: one role per kind of process (security.md 4.2 and 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import make_conninfo

RUNTIME_OPTIONS = (
    "-c TimeZone=UTC -c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=10s"
)
ROLES = ("app_rt", "app_audit", "app_signin", "app_sched", "app_signer", "app_public", "app_migrate")


def discard_all(connection: Any) -> None:
    """Give a connection back as it was born: about 20 microseconds, and it clears what six other resets would not."""
    connection.autocommit = True
    connection.execute("discard all")


def role_dsns(url: str, passwords: Mapping[str, str]) -> dict[str, str]:
    """Connection strings for processes that use psycopg directly; only of roles whose password this process was given."""
    place = urlsplit(url)
    return {
        role: make_conninfo(
            host=place.hostname or "127.0.0.1",
            port=place.port or 5432,
            dbname=place.path.lstrip("/") or "attestry",
            user=role,
            password=passwords[role],
            options="-c TimeZone=UTC",
        )
        for role in ROLES
        if role in passwords
    }


def aliases(url: str, passwords: Mapping[str, str], *, process: str) -> dict[str, Any]:
    """DATABASES for one kind of process. Settings made on connect would be lost by DISCARD ALL; `options` are what it resets to."""
    runtime = "app_audit" if process == "auditor" else "app_rt"
    migrates = process in {"migrate", "test"}
    chosen = {"default": _pooled(url, passwords, runtime, "app", max_size=8)}
    if process in {"web", "auditor", "manage", "migrate", "test"}:
        chosen["signin"] = _pooled(url, passwords, "app_signin", "signin", max_size=2)
    if process == "test":
        chosen["audit"] = _pooled(url, passwords, "app_audit", "app", max_size=2)
    if migrates:
        chosen["migrate_app"] = _migrating(url, passwords, "app")
        chosen["migrate_signin"] = _migrating(url, passwords, "signin")
    return chosen


def _base(url: str, passwords: Mapping[str, str], role: str) -> dict[str, Any]:
    place = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": place.hostname or "127.0.0.1",
        "PORT": str(place.port or 5432),
        "NAME": place.path.lstrip("/") or "attestry",
        "USER": role,
        "PASSWORD": passwords.get(role, ""),
        "CONN_MAX_AGE": 0,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def _pooled(url: str, passwords: Mapping[str, str], role: str, schema: str, *, max_size: int) -> dict[str, Any]:
    return _base(url, passwords, role) | {
        "OPTIONS": {
            "pool": {"min_size": 0, "max_size": max_size, "timeout": 5, "reset": discard_all},
            "server_side_binding": True,
            "options": f"{RUNTIME_OPTIONS} -c search_path={schema},pg_catalog",
        }
    }


def _migrating(url: str, passwords: Mapping[str, str], schema: str) -> dict[str, Any]:
    return _base(url, passwords, "app_migrate") | {
        "OPTIONS": {
            "options": f"-c TimeZone=UTC -c role=app_owner -c lock_timeout=2s -c search_path={schema},pg_catalog"
        }
    }
