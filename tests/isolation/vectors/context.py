"""Attacks on the context: reading without one, forging one, keeping one, carrying one elsewhere."""

from __future__ import annotations

import secrets
from uuid import UUID

from tests.isolation.ground import Ground, Side, rows, value
from tests.isolation.vectors.registry import vector

MEMBERS = "select email from app.organizations_member where organization_id = %s"
ACTIVITY = "select detail from app.organizations_activity where organization_id = %s"
READ_CONTEXT = "select current_setting('app.ctx')"
SET_CONTEXT = "select set_config('app.ctx', %s, true)"


def forged(side: Side, person: str, role: str, mac: str) -> str:
    return f"{side.id}|{side.members[person]}|{role}|{mac}"


def read_with(at: Ground, context: str) -> list[tuple[object, ...]]:
    connection = at.connect()
    connection.execute(SET_CONTEXT, (context,))
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K01", refusal="TN001", threat="2.20")
def read_unbound(at: Ground):
    """Read a table while no organization is bound."""
    return rows(at.connect(), MEMBERS, (at.a.id,))


@vector("K02", refusal="TN001", threat="2.20")
def read_after_a_transaction(at: Ground):
    """Read in a later transaction, where the setting is '' and no longer NULL."""
    connection = at.mallory()
    connection.commit()
    return rows(connection, "select 1 from app.organizations_activity")


@vector("K03", refusal="TN001", threat="2.20")
def write_unbound(at: Ground):
    """Write a row of A while no organization is bound."""
    connection = at.connect()
    found = "insert into app.organizations_settings (organization_id, id, time_zone, events_seen) values (%s, gen_random_uuid(), 'x', 0) on conflict do nothing"
    connection.execute(found, (at.a.id,))
    return True


@vector("K04", refusal="TN003", threat="4.2")
def forge_with_zeros(at: Ground):
    """Set a context of A with a MAC of zeros."""
    return read_with(at, forged(at.a, "olga", "owner", "0" * 64))


@vector("K05", refusal="TN003", threat="4.2")
def forge_with_random(at: Ground):
    """Set a context of A with a random MAC."""
    return read_with(at, forged(at.a, "olga", "owner", secrets.token_hex(32)))


@vector("K06", refusal="TN003", threat="4.2")
def forge_short(at: Ground):
    """Set a context of A that is nothing but the organization's id."""
    return read_with(at, str(at.a.id))


@vector("K07", refusal="TN003", threat="4.2")
def forge_without_key(at: Ground):
    """Set a context of A with a plain SHA-256 of its text in place of the MAC."""
    text = f"{at.a.id}|{at.a.members['olga']}|owner"
    connection = at.connect()
    digest = value(
        connection,
        "select encode(sha256(convert_to(%s || '|' || pg_backend_pid() || '|' || extract(epoch from transaction_timestamp()), 'UTF8')), 'hex')",
        (text,),
    )
    connection.execute(SET_CONTEXT, (f"{text}|{digest}",))
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K08", refusal="TN003", threat="2.27")
def replay_later(at: Ground):
    """Keep A's context of one transaction and set it again in a later one of the same backend."""
    connection = at.bound(at.a, "olga")
    context = value(connection, READ_CONTEXT)
    connection.commit()
    connection.execute(SET_CONTEXT, (context,))
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K09", refusal="TN003", threat="4.2")
def replay_elsewhere(at: Ground):
    """Use A's live context on another connection while A's transaction is still open."""
    return read_with(at, value(at.bound(at.a, "olga"), READ_CONTEXT))


@vector("K10", refusal="TN003", threat="2.1")
def swap_organization(at: Ground):
    """Keep one's own MAC and put A's id before it."""
    connection = at.mallory()
    context = value(connection, READ_CONTEXT)
    connection.execute(SET_CONTEXT, (str(at.a.id) + context[36:],))
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K11", refusal="TN003", threat="4.2")
def swap_role(at: Ground):
    """Make a viewer's context say owner and rename the organization."""
    connection = at.bound(at.a, "walt")
    context = value(connection, READ_CONTEXT)
    connection.execute(SET_CONTEXT, (context.replace("|viewer|", "|owner|"),))
    connection.execute("select sec.rename_organization('taken over')")
    return True


@vector("K12", refusal="TN003", threat="4.2")
def swap_actor(at: Ground):
    """Make an engineer's context name a worker and a connection, and read that connection's secret."""
    connection = at.bound(at.a, "bob")
    context = value(connection, READ_CONTEXT)
    mine = context.replace(f"{at.a.members['bob']}|engineer", f"{at.a.connections[0]}|worker")
    connection.execute(SET_CONTEXT, (mine,))
    return rows(connection, "select ciphertext from app.integrations_connectionsecret")


@vector("K13", refusal="TN002", threat="3.52")
def bind_twice(at: Ground):
    """Bind A inside a transaction that is bound to B, with good tokens of both."""
    connection = at.mallory()
    connection.execute("select sec.bind(%s, %s)", (at.a.tokens["olga"], at.a.id))
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K14", refusal="42501", threat="4.2")
def clear_and_bind(at: Ground):
    """Replace the context by junk, which a later bind ignores, then bind A with B's token."""
    connection = at.mallory()
    connection.execute(SET_CONTEXT, (forged(at.a, "olga", "owner", "4" * 64),))
    connection.execute("select sec.bind(%s, %s)", (at.b.tokens["mallory"], at.a.id))
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K15", refusal="TN003", threat="2.1")
def forge_inside_a_statement(at: Ground):
    """Switch the organization inside a single SELECT, as an injected sub-select does."""
    connection = at.mallory()
    query = "select email from app.organizations_member where organization_id = %s and (select set_config('app.ctx', %s, true)) is not null"
    return rows(connection, query, (at.a.id, forged(at.a, "olga", "owner", "1" * 64)))


@vector("K16", refusal="TN003", threat="2.21")
def leave_a_session_setting(at: Ground):
    """Leave one's context as a session setting for whoever gets the connection next."""
    connection = at.bound(at.a, "olga")
    connection.execute("select set_config('app.ctx', current_setting('app.ctx'), false)")
    connection.commit()
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K17", refusal="TN001", threat="2.22")
def bind_without_a_transaction(at: Ground):
    """Bind in autocommit and read in the next statement."""
    connection = at.connect(autocommit=True)
    connection.execute("select sec.bind(%s, %s)", (at.a.tokens["olga"], at.a.id))
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K18", refusal="TN001", threat="2.23")
def bind_in_a_lost_savepoint(at: Ground):
    """Bind inside a savepoint, roll it back, read on."""
    connection = at.connect()
    connection.execute("savepoint here")
    connection.execute("select sec.bind(%s, %s)", (at.a.tokens["olga"], at.a.id))
    connection.execute("rollback to savepoint here")
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K19", refusal="TN001", threat="2.24")
def read_after_an_abort(at: Ground):
    """Let the bound transaction abort and read in the next one."""
    connection = at.bound(at.a, "olga")
    connection.rollback()
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K20", refusal="42501", threat="2.27", server=True)
def context_as_a_role_setting(at: Ground):
    """Store a forged context as a setting of the role, so that every later connection starts with it."""
    root, connection = at.superuser(), at.connect(autocommit=True)
    connection.execute(
        f"alter role app_rt in database {at.database} set app.ctx = '{forged(at.a, 'olga', 'owner', '2' * 64)}'"
    )
    try:
        return rows(at.connect(), MEMBERS, (at.a.id,))
    finally:
        root.execute(f"alter role app_rt in database {at.database} reset all")


@vector("K21", refusal="TN003", threat="2.27")
def context_as_a_start_option(at: Ground):
    """Bring a forged context along in the options of the connection."""
    return rows(at.connect(options=f"-c app.ctx={forged(at.a, 'olga', 'owner', '3' * 64)}"), MEMBERS, (at.a.id,))


@vector("K22", refusal="42501", threat="4.2")
def read_the_key(at: Ground):
    """Read the MAC key."""
    return rows(at.mallory(), "select ik, ok from sec.hk")


@vector("K23", refusal="42501", threat="4.2")
def ask_for_a_mac(at: Ground):
    """Let the keyed hash function make the MAC for a context of A."""
    connection = at.connect()
    text = f"{at.a.id}|{at.a.members['olga']}|owner"
    mac = value(
        connection,
        "select encode(sec.keyed(%s || '|' || pg_backend_pid() || '|' || extract(epoch from transaction_timestamp())), 'hex')",
        (text,),
    )
    connection.execute(SET_CONTEXT, (f"{text}|{mac}",))
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K24", refusal="42501", threat="4.2")
def enter_directly(at: Ground):
    """Call the function that writes the context, past every token."""
    connection = at.connect()
    connection.execute("select sec.enter(%s, %s, 'owner')", (at.a.id, at.a.members["olga"]))
    return rows(connection, MEMBERS, (at.a.id,))


@vector("K25", refusal="42501", threat="2.26")
def shadow_with_temporary_objects(at: Ground):
    """Shadow a table that a definer function reads by a temporary one of the same name."""
    connection = at.connect()
    connection.execute("create temporary table membership (like sec.membership)")
    return True


@vector("K26", refusal="42501", threat="2.6")
def shadow_a_function(at: Ground):
    """Create a function of one's own in schema public and put it first in the search path."""
    connection = at.connect()
    connection.execute("create function public.sha256(bytea) returns bytea language sql as $$ select $1 $$")
    return True


@vector("K27", refusal="TN001", threat="2.39")
def unbind_before_commit(at: Ground):
    """Clear the context and let a foreign key be checked by a write that follows."""
    connection = at.mallory()
    connection.execute("select set_config('app.ctx', '', true)")
    connection.execute("update app.compliance_currentoutcome set reason = 'x' where organization_id = %s", (at.a.id,))
    return True


@vector("K28", refusal="42501", threat="3.52")
def organization_by_slug(at: Ground):
    """Ask for A's id by its slug with B's token, then bind what comes back."""
    connection = at.connect()
    found = value(connection, "select sec.organization_for(%s, %s)", (at.b.tokens["mallory"], at.a.slug))
    connection.execute("select sec.bind(%s, %s)", (at.b.tokens["mallory"], found))
    return isinstance(found, UUID) and rows(connection, MEMBERS, (at.a.id,))
