"""Which database alias each model lives behind.

Everything about signing in (people, password hashes, second factors) is kept
behind the alias `signin`, that is the database role `app_signin`; everything
of an organization behind `default`. The two are two connections to two
schemas, so no relation may cross them (security.md 4.3).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from accounts.database import SIGN_IN_ALIAS

SIGN_IN_APPS = frozenset({"accounts", "account", "mfa", "auth", "contenttypes"})


SIGN_IN_MIGRATION_ALIAS = "migrate_signin"
ORGANIZATION_MIGRATION_ALIAS = "migrate_app"


class SignInRouter:
    """Django database router; see the module docstring for the rule."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str | None:
        """Return `signin` for a sign-in model, else None (Django then uses `default`)."""
        return SIGN_IN_ALIAS if model._meta.app_label in SIGN_IN_APPS else None

    def db_for_write(self, model: type[Model], **_hints: Any) -> str | None:
        """As `db_for_read`: there are no replicas."""
        return self.db_for_read(model, **_hints)

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool:
        """Allow a relation only when both ends live behind the same alias."""
        return (one._meta.app_label in SIGN_IN_APPS) == (other._meta.app_label in SIGN_IN_APPS)

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Migrate sign-in apps through `migrate_signin` and all others through `migrate_app`.

        The run-time aliases never migrate: their roles own nothing.
        """
        if app_label in SIGN_IN_APPS:
            return db == SIGN_IN_MIGRATION_ALIAS
        return db == ORGANIZATION_MIGRATION_ALIAS
