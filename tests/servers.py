"""Real servers for the suite, started before Django reads its settings (a pytest plugin, see `addopts`).

The first process starts PostgreSQL and Valkey, migrates a template database and hands both on by environment; each
xdist worker clones the template. Nothing is ever cleaned up inside: every test makes its own organizations, and the
servers with their data go when the run ends.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.embedded.bootstrap import LOGINS, bootstrap_database, bootstrap_roles
from config.embedded.ports import free_port
from config.embedded.postgres import start_postgres
from config.embedded.valkey import start_valkey
from evidence.keyfiles import ensure_master_key, ensure_signer_key

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "attestry_template"


def _start() -> None:
    """Start the servers once per run and describe them in the environment."""
    folder = Path(tempfile.mkdtemp(prefix="attestry-test-"))
    # The server may run as another user: it must be able to pass through.
    folder.chmod(0o711)
    version = int(os.environ.get("ATTESTRY_PG_VERSION", "18"))
    postgres = start_postgres(folder / "pg", port=free_port(), version=version, durable=False)
    valkey = start_valkey(folder / "valkey", port=free_port())

    def stop() -> None:
        valkey.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    passwords = {role: secrets.token_hex(16) for role in LOGINS}
    bootstrap_roles(postgres.dsn, passwords)
    bootstrap_database(postgres.dsn, TEMPLATE)
    os.environ |= {f"DB_PASSWORD_{role.upper()}": password for role, password in passwords.items()}
    os.environ |= {
        "ATTESTRY_TEST_SERVER": postgres.dsn,
        "ATTESTRY_MODE": "test",
        "ATTESTRY_PROCESS": "test",
        "ATTESTRY_MAIL": "page",
        "ATTESTRY_DATA": str(folder / "data"),
        "REDIS_URL": valkey.url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": _place(postgres.dsn, TEMPLATE),
    }
    # The collected files; whitenoise warns when the folder is missing.
    (folder / "data" / "static").mkdir(parents=True, exist_ok=True)
    ensure_master_key(folder / "data" / "keys" / "master.key")
    ensure_signer_key(folder / "data" / "keys" / "signer.key")
    for alias in ("migrate_app", "migrate_signin"):
        command = [sys.executable, "manage.py", "migrate", "--database", alias, "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, check=True)


def _place(dsn: str, name: str) -> str:
    parts = urlsplit(dsn)
    return urlunsplit(("postgresql", f"{parts.hostname}:{parts.port}", f"/{name}", "", ""))


def clone_database(name: str) -> str:
    """Make the database `name` from the migrated template; return its URL without credentials."""
    server = os.environ["ATTESTRY_TEST_SERVER"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE))
        )
    bootstrap_database(server, name)
    return _place(server, name)


if "ATTESTRY_TEST_SERVER" not in os.environ:
    _start()
_PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["DATABASE_URL"] = clone_database(f"attestry_{_PROCESS}")
# A broker of its own for each process: a message of one must not reach a worker on the database of another.
_BROKER = urlsplit(os.environ["REDIS_URL"])
os.environ["REDIS_URL"] = urlunsplit(
    _BROKER._replace(path=f"/{1 + int(_PROCESS.removeprefix('gw') if _PROCESS != 'main' else 0)}")
)
