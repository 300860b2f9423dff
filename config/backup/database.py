"""Dumping and loading the database with PostgreSQL's own programs.

Row security holds for every role of the application, its owners included, so only the superuser can copy all rows.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from config.backup.archive import BackupError
from config.embedded.binaries import find_postgres
from config.embedded.environment import setting
from config.embedded.errors import LaunchError


def dump(superuser_dsn: str, target: Path) -> None:
    """Write a custom-format dump of the database of `superuser_dsn` to `target`. Raises BackupError."""
    _run("pg_dump", superuser_dsn, ["--format=custom", f"--file={target}"])


def load(superuser_dsn: str, source: Path) -> None:
    """Load a dump into the (empty) database of `superuser_dsn`, all or nothing. Raises BackupError."""
    name = conninfo_to_dict(superuser_dsn)["dbname"]
    _run("pg_restore", superuser_dsn, ["--single-transaction", "--exit-on-error", f"--dbname={name}", str(source)])


def _run(name: str, dsn: str, arguments: Sequence[str]) -> None:
    place = conninfo_to_dict(dsn)
    # The password goes through the environment of the one child: a command line is readable by every user.
    environment = {
        "PATH": setting("PATH"), "LC_ALL": "C.UTF-8", "PGHOST": str(place["host"]), "PGUSER": str(place["user"]),
        "PGPORT": str(place.get("port", 5432)), "PGDATABASE": str(place["dbname"]),
        "PGPASSWORD": str(place.get("password", "")),
    }  # fmt: skip
    done = subprocess.run(
        [_program(name), *arguments], check=False, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        text=True,
    )  # fmt: skip
    if done.returncode != 0:
        raise BackupError(f"{name} failed: {done.stderr.strip()[-800:]}")


def _program(name: str) -> str:
    try:
        found = find_postgres() / name
    except LaunchError:
        found = Path(name)
    program = str(found) if found.exists() else shutil.which(name)
    if program is None:
        raise BackupError(f"{name} is not on this machine; install PostgreSQL's client programs.")
    return program
