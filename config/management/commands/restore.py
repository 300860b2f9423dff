"""`manage.py restore FILE`: bring a backup back into an empty data folder."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backup.archive import BackupError
from config.backup.layout import Layout
from config.backup.services import bring_back
from config.embedded.environment import setting
from config.embedded.errors import LaunchError


class Command(BaseCommand):
    """Make a new installation of a backup; the data folder must be empty, nothing is ever overwritten."""

    help = (
        "bring a backup back into the empty data folder of ATTESTRY_DATA (and the database of ATTESTRY_SUPERUSER_URL)"
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file to read."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises CommandError with what to do; the backup itself is never changed."""
        try:
            about = bring_back(
                source=options["file"], layout=Layout.of(settings), server=setting("ATTESTRY_SUPERUSER_URL"),
                passwords=settings.DB_PASSWORDS,
            )  # fmt: skip
        except (BackupError, LaunchError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"The installation of {about['taken_at']} is in {settings.DATA}.")
        self.stdout.write("Start it with `make up`, then let `make fsck` check every seal.")
