"""Taking and bringing back a backup."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.backup import database
from config.backup.archive import ArchiveWriter, BackupError, extract, verify
from config.backup.layout import FOLDERS, Layout
from config.embedded.bootstrap import LOGINS, bootstrap_database, bootstrap_roles
from config.embedded.ports import free_port
from config.embedded.postgres import start_postgres

DUMP = "database.dump"


def take_backup(*, superuser_dsn: str, layout: Layout, target: Path, at: str) -> dict[str, int]:
    """Write database, evidence and keys to the file `target`; return the number of files by folder.

    May run beside a working installation. The database is dumped first: a blob exists before the row that names it
    and is never changed, so every row of the dump finds its blob. `at` is the moment to note (UTC, ISO 8601).
    Raises BackupError; `target` then does not exist.
    """
    if target.exists():
        raise BackupError(f"{target} exists; name a new file.")
    writer = ArchiveWriter(target)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            dumped = Path(folder) / DUMP
            database.dump(superuser_dsn, dumped)
            writer.add(dumped, DUMP)
        for path, name in layout.files():
            writer.add(path, name)
        writer.finish({"taken_at": at, "server": _server_version(superuser_dsn)})
    except PermissionError as error:
        raise BackupError(f"{error.filename} cannot be read: take the backup as the user who owns it.") from None
    finally:
        writer.abandon()
    return {folder: sum(name.startswith(f"{folder}/") for name in writer.digests) for folder in FOLDERS}


def bring_back(
    *, source: Path, layout: Layout, server: str = "", passwords: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Make the installation of backup `source` where `layout` says; return what the backup says about itself.

    `server` is the superuser's address of an empty database on a real server; without it the database is made for the
    embedded server. The login roles get `passwords`, else those that the backup holds. Every byte is checked against
    the manifest before anything is written. Raises BackupError.
    """
    about = verify(source)
    layout.check_empty()
    layout.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    extract(source, layout.place)
    for name in ("keys/master.key", "keys/signer.key"):
        if layout.place(name).exists():
            layout.place(name).chmod(0o400)
    dump = layout.data / DUMP
    known = _passwords(layout.data, passwords or {})
    if server:
        _load(server, dump, known)
    else:
        postgres = start_postgres(layout.data / "postgres", port=free_port())
        try:
            _load(make_conninfo(postgres.dsn, dbname="attestry"), dump, known)
        finally:
            postgres.stop()
    dump.unlink()
    return about


def _load(dsn: str, dump: Path, passwords: dict[str, str]) -> None:
    name = str(conninfo_to_dict(dsn)["dbname"])
    server = make_conninfo(dsn, dbname="postgres")
    bootstrap_roles(server, passwords)
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("select 1 from pg_catalog.pg_database where datname = %s", [name]).fetchone()
        if found is None:
            template = "create database {} template template0 encoding 'UTF8' locale 'C.UTF-8'"
            connection.execute(sql.SQL(template).format(sql.Identifier(name)))
    with psycopg.connect(dsn) as connection:
        used = "select 1 from pg_catalog.pg_namespace where nspname in ('sec', 'app', 'signin')"
        if connection.execute(used).fetchone():
            raise BackupError(f"The database {name} is in use; a backup is loaded into an empty one.")
    database.load(dsn, dump)
    bootstrap_database(server, name)  # rights on the database itself are not in a dump


def _passwords(data: Path, told: Mapping[str, str]) -> dict[str, str]:
    path = data / "keys" / "roles.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    known |= {role: told[role] for role in LOGINS if told.get(role)}
    missing = [f"DB_PASSWORD_{role.upper()}" for role in LOGINS if role not in known]
    if missing:
        raise BackupError(f"The backup holds no passwords of the database's roles; set {', '.join(missing)}.")
    return known


def _server_version(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        return str(connection.info.server_version)
