"""manage.py rebuild: replace the projections by what the ledgers say, and show what differed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from compliance.services.rebuild import Rebuilt, rebuild
from organizations import scope

TASK = "rebuild"


class Command(BaseCommand):
    help = "Rebuild current facts and outcomes from the ledgers of every organization, or of one. Exit 1 if anything differed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", default="", help="slug; all organizations if left out")

    def handle(self, *_args: Any, organization: str, **_options: Any) -> None:
        wrong = found = 0
        for organization_id in _organizations():
            with scope.job(_ticket(organization_id), task=TASK, connection_id=None) as bound:
                if organization and bound.slug != organization:
                    continue
                found += 1
                wrong += self._tell(bound.slug, rebuild())
        if organization and not found:
            raise CommandError(f"No organization called {organization} has a ledger.", returncode=2)
        if wrong:
            raise CommandError(f"{wrong} rows differed from the ledgers and were replaced.", returncode=1)
        self.stdout.write(f"{found} organization(s) rebuilt, no difference.")

    def _tell(self, slug: str, rebuilt: Rebuilt) -> int:
        self.stdout.write(
            f"{slug}: {rebuilt.facts} facts, {rebuilt.outcomes} outcomes, {len(rebuilt.differences)} differed"
        )
        for difference in rebuilt.differences[:20]:
            self.stdout.write(f"  {difference}")
        return len(rebuilt.differences)


def _organizations() -> list[UUID]:
    """Organizations that have a ledger, as the signer's role sees them: ids alone."""
    with psycopg.connect(settings.ROLE_DSN["app_signer"], autocommit=True) as connection:
        return [row[0] for row in connection.execute("select organization_id from app.log_head order by 1")]


def _ticket(organization_id: UUID) -> bytes:
    with psycopg.connect(settings.ROLE_DSN["app_sched"], autocommit=True) as connection:
        row = connection.execute("select sec.mint_job(%s, null, %s, '1 hour')", (organization_id, TASK)).fetchone()
    assert row is not None
    return bytes(row[0])
