"""`manage.py rls_lint`: compare the migrated database with what was reviewed (G7)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from organizations import scope
from organizations.gate.lint import findings


class Command(BaseCommand):
    """One line per finding and exit code 1; no finding, one line and exit code 0."""

    requires_system_checks = ()
    help = "Check that every table, policy, right and function is as the table classes and the reviewed lists say."

    def handle(self, *args: Any, **options: Any) -> None:
        def ask(query: str) -> list[tuple[Any, ...]]:
            with connections[scope.ALIAS].cursor() as cursor:
                cursor.execute(query)
                return list(cursor.fetchall())

        found = findings(ask)
        for finding in found:
            self.stdout.write(str(finding))
        if found:
            raise CommandError(f"rls_lint: {len(found)} findings", returncode=1)
        self.stdout.write("rls_lint: 0 findings")
