"""Inspect every organization's evidence, or one's."""

from __future__ import annotations

import base64
import contextlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from evidence.fsck import Report, Trust, inspect_organization, stray_folders
from evidence.fsck.database import DatabaseSource, Tickets, logs


class Command(BaseCommand):
    help = "Re-derive every seal from leaves, stored bytes and keys, and name what does not hold. Exit 1 if anything is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", default="", help="slug; all organizations if left out")
        parser.add_argument(
            "--orphan-age", type=float, default=3600.0, help="seconds before an uncited object is reported"
        )

    def handle(self, *_args: Any, organization: str, orphan_age: float, **_options: Any) -> None:
        master, signer = (
            _key(settings.KEY_FILE),
            Ed25519PublicKey.from_public_bytes(_key(settings.SIGNER_PUBLIC_KEY_FILE)),
        )
        # The pins before the logs: what is signed meanwhile must not look as if it were cut off.
        pins, found = _pins(Path(settings.SIGNER_STATE_FILE)), logs(settings.ROLE_DSN["app_signer"])
        reports = []
        with contextlib.closing(Tickets(settings.ROLE_DSN["app_sched"])) as tickets:
            for organization_id in found:
                source = DatabaseSource(organization_id, tickets)
                if organization and source.slug != organization:
                    continue
                head = source.head()
                pin = pins.pop(head.log_id, None) if head else None
                trust = Trust(
                    master_key=master, signer=signer, blobs=Path(settings.BLOBS), pin=pin, orphan_age=orphan_age
                )
                reports.append(inspect_organization(source, trust))
                self._tell(reports[-1])
        wrong = sum(not report.ok for report in reports)
        if not organization:
            wrong += self._whole(found, set(pins))
        elif not reports:
            raise CommandError(f"No organization called {organization} has a log.", returncode=2)
        if wrong:
            raise CommandError(f"Evidence is damaged: {wrong} of {len(reports)} inspected.", returncode=1)
        self.stdout.write(f"{len(reports)} organization(s) inspected, nothing is wrong.")

    def _whole(self, organizations: list[UUID], lost: set[UUID]) -> int:
        """What concerns no single organization."""
        for log in sorted(lost, key=str):
            self.stderr.write(
                f"  WRONG log.missing at log {log}: the signer has signed it and the database does not have it"
            )
        for name in stray_folders(Path(settings.BLOBS), organizations):
            self.stdout.write(f"  note blob.stray at folder {name}: no organization with a log owns it")
        return len(lost)

    def _tell(self, report: Report) -> None:
        self.stdout.write(
            f"{report.slug}: {report.leaves} leaves, {report.records} records, {report.opened} opened, "
            f"{report.shredded} shredded, {report.checkpoints} checkpoints up to {report.signed_size}: "
            + ("ok" if report.ok else "DAMAGED")
        )
        for finding in report.findings:
            stream = self.stdout if finding.severity == "note" else self.stderr
            stream.write(f"  {'note' if finding.severity == 'note' else 'WRONG'} {finding}")


def _key(path: Path) -> bytes:
    """32 bytes in base64. Read here once more: the inspection shares no code with the writer."""
    try:
        key = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except (OSError, ValueError) as error:
        raise CommandError(f"The key file {path} cannot be read: {error}", returncode=2) from error
    if len(key) != 32:
        raise CommandError(f"The key file {path} does not hold 32 bytes.", returncode=2)
    return key


def _pins(path: Path) -> dict[UUID, tuple[int, bytes]]:
    """What the signer remembers: (size, root) by log. Empty where its file cannot be read."""
    try:
        logs_signed = json.loads(path.read_text(encoding="utf-8"))["logs"]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"The signer's state {path} cannot be read: {error}", returncode=2) from error
    return {UUID(log): (entry["size"], bytes.fromhex(entry["root"])) for log, entry in logs_signed.items()}
