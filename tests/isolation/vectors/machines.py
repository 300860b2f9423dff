"""Attacks by and on machines: API tokens, job tickets, the clock of a sandbox, notes of reads, and the other processes' roles."""

from __future__ import annotations

from tests.isolation.ground import Ground, rows, value
from tests.isolation.vectors.registry import vector

BIND_JOB = "select sec.bind_job(%s, %s, %s)"
NEW_TOKEN = "select sec.new_api_token('x', %s, %s::interval)"
ADVANCE = "select sec.advance_clock(clock_timestamp() + %s::interval)"


def binds_token(at: Ground, name: str) -> bool:
    at.connect().execute("select sec.bind_token(%s)", (at.a.api[name],))
    return True


@vector("M01", refusal="42501", threat="4.2")
def revoked_token(at: Ground):
    """Bind with an API token that was revoked."""
    return binds_token(at, "revoked")


@vector("M02", refusal="42501", threat="4.2")
def expired_token(at: Ground):
    """Bind with an API token past its end."""
    return binds_token(at, "expired")


@vector("M03", refusal="42501", threat="4.2")
def orphaned_token(at: Ground):
    """Bind with an API token whose maker was removed."""
    return binds_token(at, "orphan")


@vector("M04", refusal="42501", threat="4.2")
def engineer_makes_a_token(at: Ground):
    """Make an API token as an engineer."""
    return value(at.bound(at.a, "bob"), NEW_TOKEN, ("api_write", "1 day"))


@vector("M05", refusal="42501", threat="4.2", role="app_rt (api_write)")
def token_makes_a_token(at: Ground):
    """Make an API token with an API token, to outlive it."""
    return value(at.token(at.a, "api_write"), NEW_TOKEN, ("api_write", "1 day"))


@vector("M06", refusal="23514", threat="4.2", server=True)
def token_with_a_person_s_role(at: Ground):
    """Make an API token that is an owner."""
    return value(at.bound(at.a, "olga"), NEW_TOKEN, ("owner", "1 day"))


@vector("M07", threat="4.2")
def revoke_foreign_token(at: Ground):
    """Revoke a token of A as the owner of B."""
    which = value(at.superuser(), "select id from sec.api_token where th = sha256(%s)", (at.a.api["api_read"],))
    return value(at.mallory(), "select sec.revoke_api_token(%s)", (which,))


@vector("M08", refusal="42501", threat="4.2", role="app_rt (api_read)")
def token_lists_tokens(at: Ground):
    """List the organization's tokens with a token."""
    return rows(at.token(at.a, "api_read"), "select id, made_by from sec.api_tokens()")


@vector("M09", threat="4.2")
def list_foreign_tokens(at: Ground):
    """Find A's tokens in the list of B's."""
    return [row for row in rows(at.mallory(), "select name from sec.api_tokens()") if at.a.marker in row[0]]


@vector("M10", threat="4.2")
def token_for_a_century(at: Ground):
    """Make a token that never ends."""
    connection = at.bound(at.a, "olga")
    connection.execute(NEW_TOKEN, ("api_read", "100 years"))
    return rows(connection, "select 1 from sec.api_tokens() where expires_at > clock_timestamp() + interval '366 days'")


@vector("M11", refusal="42501", threat="3.41")
def ticket_for_another_connection(at: Ground):
    """Bind a ticket with another connection than the one that it names."""
    ticket = at.mint(at.a, at.a.connections[0])
    at.connect().execute(BIND_JOB, (ticket, "pull", at.a.connections[1]))
    return True


@vector("M12", refusal="42501", threat="3.41")
def ticket_for_another_task(at: Ground):
    """Bind a ticket with another task than the one that it names."""
    ticket = at.mint(at.a, at.a.connections[0])
    at.connect().execute(BIND_JOB, (ticket, "export", at.a.connections[0]))
    return True


@vector("M13", refusal="42501", threat="3.41")
def ticket_past_its_end(at: Ground):
    """Bind a ticket past its end."""
    ticket = at.mint(at.a, None, ttl="-1 second")
    at.connect().execute(BIND_JOB, (ticket, "pull", None))
    return True


@vector("M14", threat="4.3")
def ticket_for_a_year(at: Ground):
    """Mint a ticket that lasts a year."""
    ticket = at.mint(at.a, None, ttl="1 year")
    return rows(
        at.superuser(),
        "select 1 from sec.job where th = sha256(%s) and expires_at > clock_timestamp() + interval '61 minutes'",
        (ticket,),
    )


@vector("M15", refusal="42501", threat="4.2")
def mint_at_run_time(at: Ground):
    """Mint a job ticket of A as the runtime role."""
    return value(at.mallory(), "select sec.mint_job(%s, null, 'pull', '1 hour')", (at.a.id,))


@vector("M16", refusal="42501", threat="4.2")
def insert_a_ticket(at: Ground):
    """Insert a ticket row of A."""
    query = "insert into sec.job values (sha256('mine'::bytea), %s, null, 'pull', now() + interval '1 hour')"
    return at.mallory().execute(query, (at.a.id,)).rowcount


@vector("M17", refusal="42501", threat="4.2")
def insert_a_token(at: Ground):
    """Insert an API token row of A."""
    query = "insert into sec.api_token (th, organization_id, made_by, name, role, expires_at) values (sha256('mine'::bytea), %s, %s, 'x', 'api_write', now() + interval '1 hour')"
    return at.mallory().execute(query, (at.a.id, at.a.members["olga"])).rowcount


@vector("M18", refusal="TN010", threat="4.2")
def person_moves_the_clock(at: Ground):
    """Move the sandbox's clock as its owner, outside a worker."""
    at.bound(at.sandbox, "sasha").execute(ADVANCE, ("-1 day",))
    return True


@vector("M19", refusal="TN010", threat="4.2", role="app_rt (worker)")
def clock_of_a_real_organization(at: Ground):
    """Move the clock of an organization that is no sandbox."""
    at.worker(at.a, None).execute(ADVANCE, ("-1 day",))
    return True


@vector("M20", refusal="22023", threat="4.2", role="app_rt (worker)")
def clock_backwards(at: Ground):
    """Move a sandbox's clock backwards."""
    worker = at.worker(at.sandbox, None)
    worker.execute(ADVANCE, ("-1 day",))
    worker.execute(ADVANCE, ("-2 days",))
    return True


@vector("M21", refusal="22023", threat="4.2", role="app_rt (worker)")
def clock_into_the_future(at: Ground):
    """Move a sandbox's clock past the present."""
    at.worker(at.sandbox, None).execute(ADVANCE, ("1 day",))
    return True


@vector("M22", refusal="42501", threat="4.2")
def write_the_clock(at: Ground):
    """Give B a clock of its own by inserting its row."""
    return at.mallory().execute("insert into sec.clock values (%s, '2020-01-01')", (at.b.id,)).rowcount


@vector("M23", refusal="42501", threat="4.2")
def become_a_sandbox(at: Ground):
    """Turn B into a sandbox by updating its row."""
    return at.mallory().execute("update sec.organization set sandbox = true where id = %s", (at.b.id,)).rowcount


@vector("M24", refusal="42501", threat="4.3")
def person_notes_reads(at: Ground):
    """Write notes of reads as an owner, to make the log useless."""
    at.bound(at.a, "olga").execute("select sec.note_read('page', '/x')")
    return True


@vector("M25", refusal="22023", threat="4.3", role="app_audit")
def note_another_kind(at: Ground):
    """Write a note whose kind looks like the gate's own events."""
    at.bound(at.a, "vera", "app_audit").execute("select sec.note_read('x.membership.insert', '/x')")
    return True


@vector("M26", refusal="22023", threat="4.3", role="app_audit")
def note_a_novel(at: Ground):
    """Fill the disk with one note."""
    at.bound(at.a, "vera", "app_audit").execute("select sec.note_read('page', repeat('x', 1000000))")
    return True


@vector("M27", refusal="42501", threat="4.3", role="app_audit")
def auditor_reads_events(at: Ground):
    """Read the gate's events as an auditor."""
    return rows(at.bound(at.a, "vera", "app_audit"), "select kind from sec.events(0)")


@vector("M28", refusal="42501", threat="4.3", role="app_audit")
def auditor_binds_a_token(at: Ground):
    """Bind an API token that may write in the auditor's role."""
    at.connect("app_audit").execute("select sec.bind_token(%s)", (at.a.api["api_write"],))
    return True


@vector("M29", refusal="42501", threat="4.3", role="app_audit")
def auditor_binds_a_ticket(at: Ground):
    """Bind a job ticket in the auditor's role."""
    at.connect("app_audit").execute(BIND_JOB, (at.mint(at.a, None), "pull", None))
    return True


@vector("M30", refusal="42501", threat="4.3", role="app_sched")
def dispatcher_reads_more(at: Ground):
    """Read a column of due rows that the dispatcher was not given."""
    return rows(at.connect("app_sched"), "select stream, last_outcome from app.integrations_due")


@vector("M31", refusal="42501", threat="4.3", role="app_sched")
def dispatcher_reads_elsewhere(at: Ground):
    """Read connections of every organization as the dispatcher."""
    return rows(at.connect("app_sched"), "select name from app.integrations_connection")


@vector("M32", refusal="42501", threat="4.3", role="app_sched")
def dispatcher_writes_more(at: Ground):
    """Point a due row at another connection as the dispatcher."""
    return (
        at.connect("app_sched")
        .execute("update app.integrations_due set connection_id = %s", (at.b.connections[0],))
        .rowcount
    )


@vector("M33", refusal="42501", threat="4.3", role="app_sched")
def dispatcher_deletes(at: Ground):
    """Delete due rows as the dispatcher."""
    return at.connect("app_sched").execute("delete from app.integrations_due").rowcount


@vector("M34", refusal="42501", threat="4.3", role="app_sched")
def dispatcher_plants(at: Ground):
    """Insert a due row as the dispatcher."""
    query = """insert into app.integrations_due select (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'stream', 'x'))).*
        from app.integrations_due d limit 1"""
    return at.connect("app_sched").execute(query).rowcount


@vector("M35", refusal="42501", threat="4.2", role="app_sched")
def dispatcher_binds(at: Ground):
    """Bind a ticket that one minted oneself, as the dispatcher."""
    at.connect("app_sched").execute(BIND_JOB, (at.mint(at.a, None), "pull", None))
    return True


@vector("M36", refusal="42501", threat="4.2", role="app_signer")
def signer_reads_bodies(at: Ground):
    """Read the bodies of leaves as the checkpoint signer."""
    return rows(at.connect("app_signer"), "select body from app.leaf")


@vector("M37", refusal="42501", threat="4.2", role="app_signer")
def signer_rewrites(at: Ground):
    """Move a log's head back as the checkpoint signer."""
    return at.connect("app_signer").execute("update app.log_head set size = 0").rowcount


@vector("M38", refusal="42501", threat="4.2", role="app_signer")
def signer_reads_elsewhere(at: Ground):
    """Read evidence records as the checkpoint signer."""
    return rows(at.connect("app_signer"), "select stream from app.evidence_record")


@vector("M39", refusal="42501", threat="6", role="app_signer")
def signer_rewrites_checkpoints(at: Ground):
    """Change a checkpoint that was published, as the signer."""
    return at.connect("app_signer").execute("update app.evidence_checkpoint set size = 0").rowcount


@vector("M40", refusal="42501", threat="3.53", role="app_public")
def public_reads(at: Ground):
    """Read an organization's table as the role of public pages."""
    return rows(at.connect("app_public"), "select email from app.organizations_member")


@vector("M41", refusal="42501", threat="4.2")
def forget_tickets(at: Ground):
    """Throw away everybody's tickets as the runtime role."""
    at.superuser().execute(
        "insert into sec.job values (gen_random_uuid()::text::bytea, %s, null, 'x', now() - interval '1 day')",
        (at.a.id,),
    )
    return value(at.mallory(), "select sec.forget_jobs()")
