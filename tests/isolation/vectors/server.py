"""Attacks on the server itself. Most are refused by PostgreSQL whatever we do: they are counted apart."""

from __future__ import annotations

from tests.isolation.ground import Ground, rows
from tests.isolation.vectors.registry import vector


def tried(at: Ground, statement: str, *, autocommit: bool = False) -> bool:
    connection = at.connect(autocommit=autocommit)
    connection.execute(statement)
    return True


@vector("S01", refusal="42501", threat="2.40", server=True)
def run_a_program(at: Ground):
    """Run a program on the server with COPY FROM PROGRAM."""
    return tried(at, "copy app.organizations_member from program 'id'")


@vector("S02", refusal="42501", threat="2.40", server=True)
def read_a_file(at: Ground):
    """Read the server's files."""
    return rows(at.connect(), "select pg_read_file('postgresql.conf')")


@vector("S03", refusal="42501", threat="2.40", server=True)
def write_a_file(at: Ground):
    """Write a file with COPY TO."""
    return tried(at, "copy (select 1) to '/tmp/attestry-leak'")


@vector("S04", refusal="42501", threat="2.40", server=True)
def change_the_server(at: Ground):
    """Change the server's settings with ALTER SYSTEM."""
    return tried(at, "alter system set log_statement = 'all'", autocommit=True)


@vector("S05", refusal="42501", threat="2.1", server=True)
def become_the_superuser(at: Ground):
    """Become the superuser with SET SESSION AUTHORIZATION."""
    return tried(at, "set session authorization postgres")


@vector("S06", refusal="42501", threat="2.16", server=True)
def become_the_owner(at: Ground):
    """Become the owner of the tables with SET ROLE."""
    return tried(at, "set role app_owner")


@vector("S07", refusal="42501", threat="2.16", server=True)
def become_the_gate(at: Ground):
    """Become the owner of the gate through the setting below SET ROLE."""
    return tried(at, "select set_config('role', 'sec_owner', false)")


@vector("S08", refusal="42501", threat="2.1", server=True)
def bypass(at: Ground):
    """Give oneself BYPASSRLS."""
    return tried(at, "alter role app_rt bypassrls")


@vector("S09", refusal="42501", threat="2.1", server=True)
def grant_oneself(at: Ground):
    """Grant oneself membership of the owner."""
    return tried(at, "grant app_owner to app_rt")


@vector("S10", refusal="42501", threat="2.1", server=True)
def lend_oneself(at: Ground):
    """Grant one's own role to another process's role."""
    return tried(at, "grant app_rt to app_audit")


@vector("S11", refusal="42501", threat="2.1", server=True)
def new_role(at: Ground):
    """Create a role of one's own."""
    return tried(at, "create role mine login superuser")


@vector("S12", refusal="42501", threat="2.40")
def own_schema(at: Ground):
    """Create a schema of one's own to build in."""
    return tried(at, "create schema mine")


@vector("S13", refusal="42501", threat="2.40", server=True)
def load_a_library(at: Ground):
    """Load a library into the server."""
    return tried(at, "load '/tmp/evil.so'")


@vector("S14", refusal="42501", threat="2.39", server=True)
def skip_triggers(at: Ground):
    """Switch triggers and foreign keys off with session_replication_role."""
    return tried(at, "set session_replication_role = replica")


@vector("S15", refusal="42501", threat="2.40", server=True)
def replication(at: Ground):
    """Read the write-ahead log through a replication slot."""
    return tried(at, "select pg_create_physical_replication_slot('mine')")


@vector("S16", refusal="55000", threat="2.24", server=True)
def prepared_transaction(at: Ground):
    """Leave a prepared transaction behind that holds locks for ever."""
    connection = at.mallory()
    connection.execute("prepare transaction 'mine'")
    return True


@vector("S17", refusal="42501", threat="2.11", server=True)
def leakproof(at: Ground):
    """Mark a function as leakproof, so that it runs before the policy."""
    return tried(at, "alter function pg_catalog.length(text) leakproof")


@vector("S18", refusal="42501", threat="2.37", server=True)
def reload_the_server(at: Ground):
    """Reload the server's configuration."""
    return tried(at, "select pg_reload_conf()")


@vector("S19", refusal="42501", threat="2.37")
def end_others(at: Ground):
    """End another connection of the same role."""
    victim = at.bound(at.a, "olga")
    return rows(at.mallory(), "select pg_terminate_backend(%s, 0::bigint)", (victim.info.backend_pid,))


@vector("S20", refusal="42501", threat="2.37")
def cancel_others(at: Ground):
    """Cancel another connection's statement."""
    victim = at.bound(at.a, "olga")
    return rows(at.mallory(), "select pg_cancel_backend(%s)", (victim.info.backend_pid,))


@vector("S21", refusal="42501", threat="2.40", server=True)
def event_trigger(at: Ground):
    """Hook every statement with an event trigger."""
    return tried(at, "create event trigger mine on ddl_command_start execute function mine()")


@vector("S22", refusal="42501", threat="4.2")
def replace_the_gate(at: Ground):
    """Replace the function that tells the organization."""
    return tried(at, "create or replace function sec.mine() returns uuid language sql as $$ select null::uuid $$")


@vector("S23", refusal="42501", threat="4.2", role="app_audit")
def auditor_creates(at: Ground):
    """Create a table as the auditor's role, to carry rows away."""
    connection = at.bound(at.a, "vera", "app_audit")
    connection.execute("create table app.carried as select * from app.evidence_record")
    return True


@vector("S24", refusal="28P01", threat="2.1", server=True)
def sign_in_without_password(at: Ground):
    """Sign in as another process's role with one's own password."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    mine = conninfo_to_dict(at.dsn("app_rt"))
    try:
        psycopg.connect(make_conninfo("", **(mine | {"user": "app_sched"}))).close()
    except psycopg.OperationalError as error:
        error.sqlstate = error.sqlstate or "28P01"
        raise
    return True
