"""Attacks on the next user of a pooled connection. The protected ground gives connections back as the application does
(`config.database.discard_all`); the open one gives them back as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from config.database import discard_all
from tests.isolation.ground import Ground, rows, value
from tests.isolation.vectors.registry import vector

RECORDS = "select stream from app.evidence_record"


@contextmanager
def one_connection(at: Ground) -> Iterator[ConnectionPool[psycopg.Connection[Any]]]:
    """A pool of a single connection, so that the second borrower gets what the first one left."""
    kept = {
        "prepare_threshold": None,
        "options": "-c statement_timeout=15s -c search_path=app,pg_catalog -c row_security=on",
    }
    reset = None if at.open else discard_all
    with ConnectionPool(at.dsn("app_rt"), min_size=1, max_size=1, kwargs=kept, reset=reset, timeout=5) as pool:
        yield pool


@contextmanager
def olga(at: Ground, pool: ConnectionPool[psycopg.Connection[Any]]) -> Iterator[psycopg.Connection[Any]]:
    with pool.connection() as connection:
        connection.autocommit = False
        connection.execute("select sec.bind(%s, %s)", (at.a.tokens["olga"], at.a.id))
        yield connection


@vector("O01", refusal="34000", threat="2.25")
def held_cursor(at: Ground):
    """Read A's rows from a WITH HOLD cursor that A left on the connection."""
    with one_connection(at) as pool:
        with olga(at, pool) as connection:
            connection.execute(f"declare kept cursor with hold for {RECORDS}")
        with pool.connection() as connection:
            return rows(connection, "fetch all from kept")


@vector("O02", refusal="26000", threat="2.27")
def prepared_statement(at: Ground):
    """Run a statement that the last user prepared."""
    with one_connection(at) as pool:
        with olga(at, pool) as connection:
            connection.execute("prepare kept as select 'of A'")
        with pool.connection() as connection:
            return rows(connection, "execute kept")


@vector("O03", threat="2.27")
def search_path(at: Ground):
    """Leave another search_path for the next user."""
    with one_connection(at) as pool:
        with olga(at, pool) as connection:
            connection.execute("set search_path = pg_temp")
        with pool.connection() as connection:
            return value(connection, "show search_path") == "pg_temp"


@vector("O04", threat="2.27")
def timeouts(at: Ground):
    """Leave a statement timeout of one's own for the next user."""
    with one_connection(at) as pool:
        with olga(at, pool) as connection:
            connection.execute("set statement_timeout = 7777")
        with pool.connection() as connection:
            return value(connection, "select setting from pg_settings where name = 'statement_timeout'") == "7777"


@vector("O05", threat="2.27")
def read_only(at: Ground):
    """Leave the connection read-only for the next user."""
    with one_connection(at) as pool:
        with olga(at, pool) as connection:
            connection.execute("set default_transaction_read_only = on")
        with pool.connection() as connection:
            return value(connection, "show default_transaction_read_only") == "on"


@vector("O06", threat="2.37")
def advisory_lock(at: Ground):
    """Leave a session's advisory lock on the connection."""
    with one_connection(at) as pool:
        with olga(at, pool) as connection:
            connection.execute("select pg_advisory_lock(99)")
        return not value(at.connect(), "select pg_try_advisory_lock(99)")


@vector("O07", threat="2.35")
def listening(at: Ground):
    """Leave the connection listening."""
    with one_connection(at) as pool:
        with olga(at, pool) as connection:
            connection.execute("listen kept")
        with pool.connection() as connection:
            return rows(connection, "select pg_listening_channels()")


@vector("O08", threat="2.21")
def session_context(at: Ground):
    """Leave one's context as a session setting and see it in the next user's transaction."""
    with one_connection(at) as pool:
        with olga(at, pool) as connection:
            connection.execute("select set_config('app.ctx', current_setting('app.ctx'), false)")
        with pool.connection() as connection:
            return value(connection, "select coalesce(current_setting('app.ctx', true), '')") != ""
