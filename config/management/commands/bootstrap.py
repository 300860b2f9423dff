"""`manage.py bootstrap`: roles, database and schemas on a real server, before the first migration."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from psycopg.conninfo import make_conninfo

from config.embedded.bootstrap import LOGINS, bootstrap_database, bootstrap_roles
from config.embedded.environment import setting


class Command(BaseCommand):
    """The one step that needs the superuser; can be run again after every upgrade."""

    help = "create or correct roles, database and schemas (ATTESTRY_SUPERUSER_URL, DB_PASSWORD_* of every role)"
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Raises CommandError when the address or a password is missing."""
        server = setting("ATTESTRY_SUPERUSER_URL")
        missing = [f"DB_PASSWORD_{role.upper()}" for role in LOGINS if not settings.DB_PASSWORDS.get(role)]
        if not server or missing:
            wanted = ", ".join(([] if server else ["ATTESTRY_SUPERUSER_URL"]) + missing)
            raise CommandError(f"Set {wanted}.")
        dsn = make_conninfo(server, dbname="postgres")
        bootstrap_roles(dsn, settings.DB_PASSWORDS)
        bootstrap_database(dsn, urlsplit(settings.DATABASE_URL).path.lstrip("/") or "attestry")
        self.stdout.write("Roles, database and schemas are in place; migrate next.")
