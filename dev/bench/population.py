"""Many organizations with realistic rows: one is made by the product itself, the others are copies of its rows.

Every uuid of a copy is derived from the new organization and the old uuid, so that references stay whole and no id is
used twice: statements that join by id alone must not find a twin when nobody's policy filters.
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


def organization_tables(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, dict[str, str]]:
    """Every table of schema app that has an organization_id, with its ordinary columns and their types."""
    found: dict[str, dict[str, str]] = {}
    rows = connection.execute(
        """
        select c.relname, a.attname, a.atttypid::regtype::text from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
           and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
         order by c.relname, a.attnum"""
    ).fetchall()
    for table, column, kind in rows:
        found.setdefault(str(table), {})[str(column)] = str(kind)
    return {table: columns for table, columns in found.items() if "organization_id" in columns}


def _copy(
    connection: psycopg.Connection[tuple[object, ...]],
    table: str,
    columns: dict[str, str],
    template: UUID,
    batch: list[UUID],
) -> None:
    others = [name for name in columns if name != "organization_id"]
    values = [
        sql.SQL("md5(o::text || {0}::text)::uuid" if columns[name] == "uuid" else "{0}").format(sql.Identifier(name))
        for name in others
    ]
    connection.execute(
        sql.SQL(
            "insert into app.{table} (organization_id, {others}) overriding system value "
            "select o, {values} from app.{table}, unnest(%s::uuid[]) o where organization_id = %s"
        ).format(
            table=sql.Identifier(table), others=sql.SQL(", ").join(map(sql.Identifier, others)),
            values=sql.SQL(", ").join(values),
        ),
        (batch, template),
    )  # fmt: skip


def _count(connection: psycopg.Connection[tuple[object, ...]], table: str) -> int:
    row = connection.execute(sql.SQL("select count(*) from app.{}").format(sql.Identifier(table))).fetchone()
    return int(str(row[0])) if row else 0
