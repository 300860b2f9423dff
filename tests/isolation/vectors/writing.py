"""Attacks that want to write into A, to rewrite history, or to learn of A from what a write says."""

from __future__ import annotations

from uuid import uuid4

import psycopg

from tests.isolation.ground import Ground, rows, value
from tests.isolation.vectors.registry import vector

CONTROL = (
    "insert into app.compliance_control (organization_id, id, key, origin) values (%s, gen_random_uuid(), %s, 'own')"
)
OWNER = "insert into app.compliance_controlowner (organization_id, id, since, actor_id, control_id, member_id) values (%s, gen_random_uuid(), now(), %s, %s, %s)"
OUTCOMES = "app.compliance_currentoutcome"


def key_of(at: Ground) -> str:
    """The key of one of A's controls."""
    return str(
        value(at.superuser(), "select key from app.compliance_control where organization_id = %s limit 1", (at.a.id,))
    )


def own(at: Ground, table: str) -> int:
    return int(value(at.superuser(), f"select count(*) from {table} where organization_id = %s", (at.b.id,)))


@vector("W01", refusal="42501", threat="2.30")
def insert_foreign(at: Ground):
    """Insert a row that says it is A's."""
    return at.mallory().execute(CONTROL, (at.a.id, "planted")).rowcount


@vector("W02", refusal="42501", threat="2.30")
def give_away(at: Ground):
    """Move a row of B to A by changing its organization_id."""
    return (
        at.mallory()
        .execute(f"update {OUTCOMES} set organization_id = %s where organization_id = %s", (at.a.id, at.b.id))
        .rowcount
    )


@vector("W03", threat="2.31")
def blind_update(at: Ground):
    """Update without any WHERE, so that no row has to be read."""
    return at.mallory().execute(f"update {OUTCOMES} set outcome = 'pass'").rowcount > own(at, OUTCOMES)


@vector("W04", threat="2.31")
def blind_delete(at: Ground):
    """Delete without any WHERE."""
    return at.mallory().execute(f"delete from {OUTCOMES}").rowcount > own(at, OUTCOMES)


@vector("W05", threat="3.51")
def update_by_id(at: Ground):
    """Update a row of A by its known id."""
    return (
        at.mallory()
        .execute(f"update {OUTCOMES} set outcome = 'pass' where id = %s", (at.a.rows["compliance_currentoutcome"][0],))
        .rowcount
    )


@vector("W06", threat="2.18")
def merge_update(at: Ground):
    """Change a row of A by MERGE ... WHEN MATCHED."""
    query = f"merge into {OUTCOMES} o using (select %s::uuid as id) s on o.id = s.id when matched then update set outcome = 'pass'"
    return at.mallory().execute(query, (at.a.rows["compliance_currentoutcome"][0],)).rowcount


@vector("W07", refusal="42501", threat="2.18")
def merge_insert(at: Ground):
    """Plant a row in A by MERGE ... WHEN NOT MATCHED."""
    query = """merge into app.compliance_control c using (select %s::uuid as o) s on c.id = s.o
        when not matched then insert (organization_id, id, key, origin) values (s.o, gen_random_uuid(), 'planted', 'own')"""
    return at.mallory().execute(query, (at.a.id,)).rowcount


@vector("W08", refusal="42501", threat="2.18")
def upsert(at: Ground):
    """Overwrite A's settings by INSERT ... ON CONFLICT DO UPDATE."""
    query = """insert into app.organizations_settings (organization_id, id, time_zone, events_seen) values (%s, gen_random_uuid(), 'UTC', 0)
        on conflict (organization_id) do update set time_zone = 'Mars/Phobos'"""
    return at.mallory().execute(query, (at.a.id,)).rowcount


@vector("W09", threat="2.10")
def silent_conflict(at: Ground):
    """Learn that A has a control of this key: ON CONFLICT DO NOTHING inserts no row."""
    return at.mallory().execute(CONTROL + " on conflict do nothing", (at.b.id, key_of(at))).rowcount == 0


@vector("W10", threat="2.10")
def loud_conflict(at: Ground):
    """Learn that A has a control of this key from a unique violation."""
    try:
        at.mallory().execute(CONTROL, (at.b.id, key_of(at)))
    except psycopg.errors.UniqueViolation:
        return True
    return False


@vector("W11", refusal="23503", threat="2.8")
def foreign_reference(at: Ground):
    """Let a row of B point at a control of A."""
    control, me = at.a.rows["compliance_control"][0], at.b.members["mallory"]
    return at.mallory().execute(OWNER, (at.b.id, me, control, me)).rowcount


@vector("W12", threat="2.8")
def existence_by_reference(at: Ground):
    """Tell a control that A has from one that nobody has by what a foreign key says."""
    me, answers = at.b.members["mallory"], []
    for control in (at.a.rows["compliance_control"][0], uuid4()):
        try:
            at.mallory().execute(OWNER, (at.b.id, me, control, me))
            answers.append("taken")
        except psycopg.errors.ForeignKeyViolation as error:
            answers.append(str(error.diag.message_detail).replace(str(control), "it"))
    return answers[0] != answers[1]


@vector("W13", refusal="42501", threat="2.9")
def cascade(at: Ground):
    """Delete a control of B and with it, by cascade, what points at it."""
    connection = at.mallory()
    return connection.execute("delete from app.compliance_control where organization_id = %s", (at.b.id,)).rowcount


@vector("W14", refusal="0A000", threat="2.34")
def copy_in(at: Ground):
    """Load rows of A with COPY FROM."""
    cursor = at.mallory().cursor()
    with cursor.copy("copy app.compliance_control (organization_id, id, key, origin) from stdin") as stream:
        stream.write_row((at.a.id, uuid4(), "planted", "own"))
    return cursor.rowcount


@vector("W15", refusal="42501", threat="2.32")
def truncate(at: Ground):
    """Empty a table with TRUNCATE, which asks no policy."""
    at.mallory().execute("truncate app.evidence_record")
    return True


@vector("W16", refusal="42501", threat="4.3")
def rewrite_history(at: Ground):
    """Change one's own recorded flip."""
    return at.mallory().execute("update app.compliance_flip set outcome = 'pass'").rowcount


@vector("W17", refusal="42501", threat="4.3")
def delete_history(at: Ground):
    """Delete one's own activity entries."""
    return at.mallory().execute("delete from app.organizations_activity").rowcount


@vector("W18", refusal="42501", threat="4.3")
def back_date(at: Ground):
    """Choose recorded_at oneself."""
    query = "insert into app.compliance_control (organization_id, id, key, origin, recorded_at) values (%s, gen_random_uuid(), 'old', 'own', '2020-01-01')"
    return at.mallory().execute(query, (at.b.id,)).rowcount


@vector("W19", refusal="42501", threat="4.3")
def simulate(at: Ground):
    """Choose simulated_at oneself in an organization that is no sandbox."""
    query = "insert into app.compliance_control (organization_id, id, key, origin, simulated_at) values (%s, gen_random_uuid(), 'old', 'own', '2020-01-01')"
    return at.mallory().execute(query, (at.b.id,)).rowcount


@vector("W20", refusal="42501", threat="4.3")
def unlisted_queue_column(at: Ground):
    """Change a column of a queue row that its class does not list (a due row's task)."""
    return (
        at.mallory()
        .execute("update app.integrations_due set task = 'other' where organization_id = %s", (at.b.id,))
        .rowcount
    )


@vector("W21", refusal="42501", threat="4.3")
def delete_from_queue(at: Ground):
    """Delete a queue row: the invitation that one sent."""
    return (
        at.mallory().execute("delete from app.organizations_invitation where organization_id = %s", (at.b.id,)).rowcount
    )


@vector("W22", refusal="42501", threat="2.32")
def own_trigger(at: Ground):
    """Put a trigger of one's own on a table."""
    at.mallory().execute(
        "create trigger mine before update on app.compliance_currentoutcome for each row execute function suppress_redundant_updates_trigger()"
    )
    return True


@vector("W23", refusal="42501", threat="2.32")
def own_foreign_key(at: Ground):
    """Create a table with a foreign key into schema app, to probe through it."""
    at.mallory().execute("create table app.probe (id uuid references app.compliance_control (id))")
    return True


@vector("W24", refusal="42501", threat="2.32")
def own_rule(at: Ground):
    """Rewrite statements of others with a rule."""
    at.mallory().execute("create rule mine as on update to app.compliance_currentoutcome do instead nothing")
    return True


@vector("W25", refusal="42501", threat="2.3")
def disable_security(at: Ground):
    """Switch row-level security off with ALTER TABLE."""
    connection = at.mallory()
    connection.execute("alter table app.evidence_record disable row level security")
    return rows(connection, "select 1 from app.evidence_record where organization_id = %s", (at.a.id,))


@vector("W26", refusal="42501", threat="2.31")
def own_policy(at: Ground):
    """Add a permissive policy that lets everything through."""
    at.mallory().execute("create policy mine on app.evidence_record using (true)")
    return True


@vector("W27", refusal="42501", threat="2.3")
def take_ownership(at: Ground):
    """Make oneself the owner of a table."""
    at.mallory().execute("alter table app.evidence_record owner to current_user")
    return True


@vector("W28", refusal="42501", threat="2.11")
def own_function(at: Ground):
    """Create a function in schema app that could spy from within a query."""
    at.mallory().execute(
        "create function app.spy(text) returns boolean language plpgsql cost 0.0000001 as $$ begin raise notice '%', $1; return true; end $$"
    )
    return True


@vector("W29", refusal="42501", threat="4.3", role="app_rt (api_read)")
def read_token_inserts(at: Ground):
    """Insert with a token that may only read."""
    return at.token(at.a, "api_read").execute(CONTROL, (at.a.id, "planted")).rowcount


@vector("W30", threat="4.3", role="app_rt (api_read)")
def read_token_updates(at: Ground):
    """Update with a token that may only read."""
    return at.token(at.a, "api_read").execute(f"update {OUTCOMES} set outcome = 'pass'").rowcount


@vector("W31", threat="4.3", role="app_rt (api_read)")
def read_token_deletes(at: Ground):
    """Delete with a token that may only read."""
    return at.token(at.a, "api_read").execute(f"delete from {OUTCOMES}").rowcount


@vector("W32", refusal="42501", threat="4.3", role="app_audit")
def auditor_inserts(at: Ground):
    """Insert as an auditor."""
    return at.bound(at.a, "vera", "app_audit").execute(CONTROL, (at.a.id, "planted")).rowcount


@vector("W33", refusal="42501", threat="4.3", role="app_audit")
def auditor_updates(at: Ground):
    """Update as an auditor."""
    return at.bound(at.a, "vera", "app_audit").execute(f"update {OUTCOMES} set outcome = 'fail'").rowcount


@vector("W34", threat="2.2")
def returning(at: Ground):
    """Have an UPDATE return A's rows."""
    return rows(
        at.mallory(), f"update {OUTCOMES} set outcome = outcome where organization_id = %s returning reason", (at.a.id,)
    )


@vector("W35", refusal="42501", threat="2.33")
def turn_a_sequence(at: Ground):
    """Set a sequence back, so that the next migration collides."""
    return value(at.mallory(), "select setval('app.django_migrations_id_seq', 1)")


@vector("W36", refusal="42501", threat="4.2")
def rewrite_password(at: Ground):
    """Change a password hash as the runtime role."""
    at.mallory().execute("update signin.accounts_user set password = 'mine'")
    return True


@vector("W37", refusal="42501", threat="4.2")
def delete_events(at: Ground):
    """Delete the gate's events, to cover one's tracks."""
    return at.mallory().execute("delete from sec.event").rowcount
