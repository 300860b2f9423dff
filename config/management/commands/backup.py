"""`manage.py backup FILE`: database, evidence and keys in one file."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backup.archive import BackupError
from config.backup.layout import Layout
from config.backup.services import take_backup
from config.backup.superuser import superuser_dsn


class Command(BaseCommand):
    """Take a backup beside the running installation."""

    help = "write database, evidence and keys to one file; works while everything runs"
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file to write."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises CommandError with what to do."""
        target: Path = options["file"].resolve()
        try:
            counts = take_backup(
                superuser_dsn=superuser_dsn(settings.DATABASE_URL, settings.DATA), layout=Layout.of(settings),
                target=target, at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            )  # fmt: skip
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{target}: database, {counts['blobs']} evidence files, {counts['keys']} key files")
        self.stdout.write("It holds the keys: whoever has this file can read the evidence. Keep it like a key.")
