"""Where the superuser's address comes from: only backup, restore and the start need it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from psycopg.conninfo import make_conninfo

from config.backup.archive import BackupError
from config.embedded.environment import setting


def superuser_dsn(database_url: str, data: Path) -> str:
    """Return the superuser's connection string to the application's database.

    ATTESTRY_SUPERUSER_URL when set (a real server), else the embedded server's password file in `data`.
    Raises BackupError when there is neither.
    """
    given = setting("ATTESTRY_SUPERUSER_URL")
    if given:
        return make_conninfo(given)
    password = data / "postgres.superuser"
    if not password.exists():
        raise BackupError("Set ATTESTRY_SUPERUSER_URL: only the database's superuser can read every organization.")
    place = urlsplit(database_url)
    return make_conninfo(
        host=place.hostname or "127.0.0.1", port=place.port or 5432, dbname=place.path.lstrip("/"), user="postgres",
        password=password.read_text().strip(),
    )  # fmt: skip
