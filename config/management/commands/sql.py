"""`manage.py sql app_rt`: psql on the running installation, as one of the application's own roles."""

from __future__ import annotations

import os
import shutil
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from psycopg.conninfo import conninfo_to_dict

from config.embedded.binaries import find_postgres
from config.embedded.errors import LaunchError


class Command(BaseCommand):
    """Replace this process by psql; there is no role here that sees more than its process would."""

    help = "open psql as a role of the application (its walls hold there too)"
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the role and, after --, arguments of psql."""
        parser.add_argument("role", choices=sorted(settings.ROLE_DSN) or None)
        parser.add_argument("psql", nargs="*")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises CommandError when there is no psql on this machine."""
        try:
            program = str(find_postgres() / "psql")
        except LaunchError:
            program = shutil.which("psql") or ""
        if not program:
            raise CommandError("psql is not installed here.")
        place = conninfo_to_dict(settings.ROLE_DSN[options["role"]])
        environment = {
            "PATH": os.defpath, "TERM": "xterm", "PGHOST": str(place["host"]), "PGPORT": str(place["port"]),
            "PGDATABASE": str(place["dbname"]), "PGUSER": str(place["user"]), "PGPASSWORD": str(place["password"]),
            "PGOPTIONS": "-c search_path=app,pg_catalog",
        }  # fmt: skip
        os.execve(program, [program, *options["psql"]], environment)  # noqa: S606 - our own program, no shell
