"""Many organizations with realistic rows: one is made by the product itself, the others are copies of its rows.

Keys are composite (organization_id, id), so a copy with another organization is a valid organization.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

BATCH = 20


def superuser() -> psycopg.Connection[tuple[object, ...]]:
    """A connection that bypasses row security, to the database under test. Caller closes it."""
    name = urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/")
    options = "-c TimeZone=UTC -c search_path=app,pg_catalog -c jit=off"
    return psycopg.connect(
        make_conninfo(os.environ["ATTESTRY_TEST_SERVER"], dbname=name, options=options), autocommit=True
    )


def multiply(template: UUID, *, organizations: int) -> int:
    """Copy the rows of `template` into `organizations` - 1 new organizations; return all rows of organization tables."""
    with superuser() as connection:
        connection.execute(
            "set session_replication_role = replica"
        )  # copies are consistent; triggers would re-time them
        tables = organization_tables(connection)
        wanted = [uuid4() for _ in range(organizations - 1)]
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            connection.execute(
                "insert into sec.organization (id, slug, name) select o, 'c-' || replace(o::text, '-', ''), 'Copy' from unnest(%s::uuid[]) o",
                (batch,),
            )
            for table, columns in tables.items():
                _copy(connection, table, columns, template, batch)
        connection.execute("vacuum analyze")
        return sum(_count(connection, table) for table in tables)


def organization_tables(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, list[str]]:
    """Every table of schema app that has an organization_id, with its ordinary columns."""
    found: dict[str, list[str]] = {}
    rows = connection.execute(
        """
        select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
           and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
         order by c.relname, a.attnum"""
    ).fetchall()
    for table, column in rows:
        found.setdefault(str(table), []).append(str(column))
    return {table: columns for table, columns in found.items() if "organization_id" in columns}


def _copy(
    connection: psycopg.Connection[tuple[object, ...]],
    table: str,
    columns: list[str],
    template: UUID,
    batch: list[UUID],
) -> None:
    others = sql.SQL(", ").join(sql.Identifier(c) for c in columns if c != "organization_id")
    connection.execute(
        sql.SQL(
            "insert into app.{table} (organization_id, {others}) overriding system value "
            "select o, {others} from app.{table}, unnest(%s::uuid[]) o where organization_id = %s"
        ).format(table=sql.Identifier(table), others=others),
        (batch, template),
    )


def _count(connection: psycopg.Connection[tuple[object, ...]], table: str) -> int:
    row = connection.execute(sql.SQL("select count(*) from app.{}").format(sql.Identifier(table))).fetchone()
    return int(str(row[0])) if row else 0
