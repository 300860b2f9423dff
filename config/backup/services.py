"""Taking and bringing back a backup."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.backup import database
from config.backup.archive import ArchiveWriter, BackupError, extract, verify
from config.embedded.bootstrap import LOGINS, bootstrap_database, bootstrap_roles
from config.embedded.ports import free_port
from config.embedded.postgres import start_postgres

DUMP = "database.dump"
# What belongs to an installation beside its database. Ports, logs and the broker's queue do not: rows are the truth.
PARTS = ("blobs", "keys", "signer", "sandbox", "aws")


def take_backup(*, superuser_dsn: str, data: Path, blobs: Path, target: Path, at: str) -> dict[str, int]:
    """Write database, evidence and keys to the file `target`; return counts of what is in it.

    May run beside a working installation. The database is dumped first: a blob exists before the row that names it
    and is never changed, so every row of the dump finds its blob. `at` is the moment to note (UTC, ISO 8601).
    Raises BackupError; `target` then does not exist.
    """
    if target.exists():
        raise BackupError(f"{target} exists; name a new file.")
    writer = ArchiveWriter(target)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            # The signer's memory before the database: remembered later than the dump, it would refuse the restored log.
            memory, dumped = Path(folder) / "signer", Path(folder) / DUMP
            if (data / "signer").is_dir():
                shutil.copytree(data / "signer", memory, ignore=shutil.ignore_patterns(".*"))
            database.dump(superuser_dsn, dumped)
            writer.add(dumped, DUMP)
            for path in sorted(memory.rglob("*")):
                writer.add(path, f"signer/{path.relative_to(memory).as_posix()}")
        for part in PARTS:
            if part == "signer":
                continue
            root = blobs if part == "blobs" else data / part
            for path in sorted(root.rglob("*")) if root.is_dir() else ():
                if path.is_file() and not path.is_symlink():
                    writer.add(path, f"{part}/{path.relative_to(root).as_posix()}")
        writer.finish({"taken_at": at, "server": _server_version(superuser_dsn)})
    finally:
        writer.abandon()
    return {part: sum(name.startswith(f"{part}/") for name in writer.digests) for part in PARTS}


def bring_back(*, source: Path, data: Path, server: str = "") -> dict[str, str]:
    """Make the installation of backup `source` in the new folder `data`; return what the backup says about itself.

    `server` is the superuser's address of an empty database on a real server; without it the database is made for the
    embedded server. Every byte is checked against the manifest before anything is written. Raises BackupError.
    """
    about = verify(source)
    if data.exists() and any(data.iterdir()):
        raise BackupError(f"{data} is not empty; a backup is brought back into a new folder.")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    extract(source, data)
    for path in (data / "keys").glob("*.key"):
        path.chmod(0o400)
    dump = data / DUMP
    passwords = _passwords(data)
    if server:
        _load(server, dump, passwords)
    else:
        postgres = start_postgres(data / "postgres", port=free_port())
        try:
            _load(make_conninfo(postgres.dsn, dbname="attestry"), dump, passwords)
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


def _passwords(data: Path) -> dict[str, str]:
    path = data / "keys" / "roles.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [role for role in LOGINS if role not in known]
    if missing:
        raise BackupError(f"The backup has no passwords of {', '.join(missing)}; put them into {path} and try again.")
    return known


def _server_version(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        return str(connection.info.server_version)
