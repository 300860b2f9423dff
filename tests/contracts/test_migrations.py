"""Migrations go up, down and up, and row security travels with the table."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from config.embedded.bootstrap import bootstrap_database
from tests.servers import _place

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("compliance", "integrations", "inventory", "evidence", "organizations")


def manage(url: str, *arguments: str) -> None:
    environment = os.environ | {"DATABASE_URL": url, "ATTESTRY_PROCESS": "migrate"}
    subprocess.run([sys.executable, "manage.py", *arguments, "--verbosity", "0"], cwd=ROOT, env=environment, check=True)


def tables(server: str, name: str) -> list[tuple[str, bool, bool]]:
    query = """select c.relname, c.relrowsecurity, c.relforcerowsecurity from pg_class c
                where c.relnamespace in ('app'::regnamespace, 'sec'::regnamespace) and c.relkind in ('r', 'p')
                  and c.relname <> 'django_migrations' order by 1"""
    with psycopg.connect(psycopg.conninfo.make_conninfo(server, dbname=name)) as connection:
        return connection.execute(query).fetchall()


def test_every_room_goes_up_down_and_up() -> None:
    server, name = os.environ["ATTESTRY_TEST_SERVER"], f"updown_{os.getpid()}"
    bootstrap_database(server, name)
    url = _place(server, name)
    manage(url, "migrate", "--database", "migrate_app")
    first = tables(server, name)
    assert first
    for room in ROOMS:
        manage(url, "migrate", room, "zero", "--database", "migrate_app")
    assert tables(server, name) == []
    manage(url, "migrate", "--database", "migrate_app")
    assert tables(server, name) == first
    assert all(row[1] and row[2] for row in first if _is_organization_table(server, name, row[0]))


def _is_organization_table(server: str, name: str, table: str) -> bool:
    query = "select 1 from information_schema.columns where table_schema = 'app' and table_name = %s and column_name = 'organization_id'"
    with psycopg.connect(psycopg.conninfo.make_conninfo(server, dbname=name)) as connection:
        return connection.execute(query, (table,)).fetchone() is not None
