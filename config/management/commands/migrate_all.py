"""`manage.py migrate_all`: both halves of the database, in one process (ATTESTRY_PROCESS=migrate)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

# The organization's tables first: the sign-in functions of schema `sec` come with them.
ALIASES = ("migrate_app", "migrate_signin")


class Command(BaseCommand):
    """Migrate the schemas app, sec and signin as `app_migrate`; repeating changes nothing."""

    help = "apply every migration, of the organizations' tables and of the sign-in tables"

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises CommandError in a process that has no migration role."""
        if not set(ALIASES) <= set(settings.DATABASES):
            raise CommandError("Set ATTESTRY_PROCESS=migrate and DB_PASSWORD_APP_MIGRATE: no other process migrates.")
        for alias in ALIASES:
            call_command("migrate", database=alias, interactive=False, verbosity=options["verbosity"], skip_checks=True)
