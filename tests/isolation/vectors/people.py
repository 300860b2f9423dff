"""Attacks on sessions, memberships and invitations: becoming somebody, staying somebody, making somebody."""

from __future__ import annotations

import threading
from typing import Any

import psycopg

from tests.isolation.ground import Ground, rows, value
from tests.isolation.vectors.registry import vector

INVITE = "select sec.invite(%s, %s, 'infinity', '1 hour')"
SET = "select sec.set_membership(%s, %s, 'infinity')"
END = "select sec.set_membership(%s, %s, clock_timestamp())"
ACCEPT = "select sec.accept_invitation(%s, %s, %s, 'Somebody')"
BIND = "select sec.bind(%s, %s)"


def accept(at: Ground, name: str, address: str | None = None) -> Any:
    """Accept one of A's invitations as somebody who is signed in and in no organization."""
    given = address or f"{name}.{at.a.marker}@example.test"
    return value(at.connect("app_signin"), ACCEPT, (at.a.tokens["stranger"], at.a.invitations[name], given))


def binds(at: Ground, name: str, role: str = "app_rt") -> bool:
    at.connect(role).execute(BIND, (at.a.tokens[name], at.a.id))
    return True


@vector("P01", refusal="42501", threat="4.2")
def invite_above_oneself(at: Ground):
    """Invite an owner as a security owner."""
    return value(at.bound(at.a, "alice"), INVITE, ("x@example.test", "owner"))


@vector("P02", refusal="42501", threat="4.2")
def engineer_invites(at: Ground):
    """Invite a viewer as an engineer."""
    return value(at.bound(at.a, "bob"), INVITE, ("x@example.test", "viewer"))


@vector("P03", refusal="42501", threat="4.2", role="app_rt (worker)")
def worker_invites(at: Ground):
    """Invite somebody as a worker."""
    return value(at.worker(at.a, None), INVITE, ("x@example.test", "viewer"))


@vector("P04", refusal="42501", threat="4.2", role="app_rt (api_write)")
def token_invites(at: Ground):
    """Invite somebody with an API token that may write."""
    return value(at.token(at.a, "api_write"), INVITE, ("x@example.test", "viewer"))


@vector("P05", refusal="42501", threat="4.2")
def promote_oneself(at: Ground):
    """Become an owner by set_membership as a security owner."""
    at.bound(at.a, "alice").execute(SET, (at.a.members["alice"], "owner"))
    return True


@vector("P06", refusal="42501", threat="4.2")
def remove_an_owner(at: Ground):
    """Remove an owner as a security owner."""
    at.bound(at.a, "alice").execute(END, (at.a.members["oscar"], "owner"))
    return True


@vector("P07", refusal="42501", threat="4.2")
def remove_from_another(at: Ground):
    """Change a member of A as the owner of B."""
    connection = at.mallory()
    connection.execute(END, (at.a.members["bob"], "engineer"))
    return True


@vector("P08", refusal="42501", threat="4.3")
def auditor_to_engineer(at: Ground):
    """Turn an auditor into an engineer, who may write."""
    at.bound(at.a, "olga").execute(SET, (at.a.members["vera"], "engineer"))
    return True


@vector("P09", refusal="22023", threat="4.3")
def auditor_without_end(at: Ground):
    """Invite an auditor for ever."""
    return value(at.bound(at.a, "olga"), INVITE, ("x@example.test", "auditor"))


@vector("P10", refusal="23514", threat="4.2")
def last_owner_leaves(at: Ground):
    """Leave an organization without an owner."""
    at.bound(at.b, "mallory").execute(END, (at.b.members["mallory"], "owner"))
    return True


@vector("P11", threat="4.2")
def owners_race(at: Ground):
    """Two owners remove each other at the same moment."""
    pairs = (at.bound(at.a, "olga"), at.a.members["oscar"]), (at.bound(at.a, "oscar"), at.a.members["olga"])
    results: list[str] = []

    def leave(connection: psycopg.Connection[Any], target: Any) -> None:
        try:
            connection.execute(END, (target, "owner"))
            connection.commit()
            results.append("removed")
        except psycopg.Error as error:
            results.append(error.sqlstate or "")

    threads = [threading.Thread(target=leave, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at.close()
    _bring_back(at)
    return results == ["removed", "removed"]


def _bring_back(at: Ground) -> None:
    for person in ("olga", "oscar"):
        at.superuser().execute(
            "update sec.membership set valid_to = 'infinity' where organization_id = %s and member_id = %s and role = 'owner'",
            (at.a.id, at.a.members[person]),
        )


@vector("P12", refusal="42501", threat="4.2")
def withdraw_foreign(at: Ground):
    """Withdraw an invitation of A as the owner of B."""
    connection = at.mallory()
    connection.execute("select sec.withdraw_invitation(sha256(%s))", (at.a.invitations["open"],))
    return True


@vector("P13", refusal="42501", threat="4.2")
def withdraw_above_oneself(at: Ground):
    """Withdraw an owner's invitation as a security owner."""
    at.bound(at.a, "alice").execute("select sec.withdraw_invitation(sha256(%s))", (at.a.invitations["owner"],))
    return True


@vector("P14", refusal="42501", threat="4.2", role="app_signin")
def accept_with_another_address(at: Ground):
    """Accept an invitation with an address that it was not sent to."""
    return accept(at, "open", "thief@example.test")


@vector("P15", refusal="42501", threat="5", role="app_signin")
def accept_twice(at: Ground):
    """Accept an invitation that was used."""
    return accept(at, "used")


@vector("P16", refusal="42501", threat="5", role="app_signin")
def accept_late(at: Ground):
    """Accept an invitation after its end."""
    return accept(at, "expired")


@vector("P17", refusal="42501", threat="4.2", role="app_signin")
def come_back_by_invitation(at: Ground):
    """Come back as an owner by an invitation that one made before one was removed."""
    return accept(at, "orphan")


@vector("P18", refusal="42501", threat="4.2")
def open_session_at_run_time(at: Ground):
    """Mint a session for the owner of A as the runtime role."""
    connection = at.mallory()
    return value(connection, "select sec.open_session(%s, array['password', 'totp'], '1 hour')", (at.a.users["olga"],))


@vector("P19", refusal="42501", threat="4.2")
def insert_a_session(at: Ground):
    """Insert a session row for the owner of A."""
    query = """insert into sec.session (th, user_id, factors, strong_at, idle_until, expires_at)
        values (sha256('mine'::bytea), %s, '{totp}', now(), now() + interval '1 hour', now() + interval '1 hour')"""
    return at.mallory().execute(query, (at.a.users["olga"],)).rowcount


@vector("P20", refusal="42501", threat="4.2")
def insert_a_membership(at: Ground):
    """Insert a membership of oneself in A."""
    query = "insert into sec.membership (organization_id, user_id, role) values (%s, %s, 'owner')"
    return at.mallory().execute(query, (at.a.id, at.b.users["mallory"])).rowcount


@vector("P21", refusal="42501", threat="4.2")
def insert_an_invitation(at: Ground):
    """Insert an invitation into A."""
    query = "insert into sec.invitation values (sha256('mine'::bytea), %s, sha256('x'::bytea), 'owner', 'infinity', %s, now() + interval '1 day')"
    return at.mallory().execute(query, (at.a.id, at.b.members["mallory"])).rowcount


@vector("P22", refusal="42501", threat="4.2")
def accept_at_run_time(at: Ground):
    """Accept an invitation as the runtime role, which never verified an address."""
    given = (at.b.tokens["mallory"], at.a.invitations["open"], f"open.{at.a.marker}@example.test")
    return value(at.mallory(), ACCEPT, given)


@vector("P23", refusal="42501", threat="4.2")
def found_at_run_time(at: Ground):
    """Found an organization as the runtime role."""
    return value(
        at.mallory(),
        "select sec.found_organization(%s, 'mine-too', 'Mine', 'M', 'm@example.test')",
        (at.b.tokens["mallory"],),
    )


@vector("P24", refusal="42501", threat="4.2", role="app_signin")
def born_as_sandbox(at: Ground):
    """Found an organization that may simulate time, through the function below the two."""
    return value(
        at.connect("app_signin"),
        "select sec.born(%s, 'mine-too', 'Mine', 'M', 'm@example.test', true)",
        (at.b.tokens["mallory"],),
    )


@vector("P25", refusal="42501", threat="4.2", role="app_signin")
def sandbox_at_sign_in(at: Ground):
    """Found a sandbox as the sign-in role."""
    found = "select sec.found_sandbox(%s, 'mine-too', 'Mine', 'M', 'm@example.test', now() - interval '1 day')"
    return value(at.connect("app_signin"), found, (at.b.tokens["mallory"],))


@vector("P26", refusal="42501", threat="4.2", role="app_signin")
def sign_in_binds(at: Ground):
    """Bind an organization as the sign-in role."""
    return binds(at, "olga", "app_signin")


@vector("P27", refusal="42501", threat="4.2", role="app_signin")
def sign_in_reads(at: Ground):
    """Read an organization's table as the sign-in role."""
    return rows(at.connect("app_signin"), "select email from app.organizations_member")


@vector("P28", refusal="42501", threat="4.2", role="app_signin")
def sign_in_plants_a_member(at: Ground):
    """Write a Member row of A directly as the sign-in role, past the founding function."""
    query = "insert into app.organizations_member (organization_id, id, name, email) values (%s, gen_random_uuid(), 'x', 'x@example.test')"
    return at.connect("app_signin").execute(query, (at.a.id,)).rowcount


@vector("P29", refusal="22023", threat="4.2", role="app_signin")
def recovery_alone(at: Ground):
    """Open a session with a recovery code and nothing else."""
    return value(
        at.connect("app_signin"), "select sec.open_session(%s, array['recovery'], '1 hour')", (at.a.users["olga"],)
    )


@vector("P30", refusal="22023", threat="4.2", role="app_signin")
def unknown_factor(at: Ground):
    """Open a session with a factor that does not exist beside the password."""
    return value(
        at.connect("app_signin"),
        "select sec.open_session(%s, array['password', 'trustme'], '1 hour')",
        (at.a.users["olga"],),
    )


@vector("P31", refusal="22023", threat="4.2", role="app_signin")
def no_factor(at: Ground):
    """Open a session with no factor at all."""
    return value(at.connect("app_signin"), "select sec.open_session(%s, '{}', '1 hour')", (at.a.users["olga"],))


@vector("P32", refusal="42501", threat="4.2")
def weak_owner(at: Ground):
    """Bind as the owner on a session without a second factor."""
    return binds(at, "weak")


@vector("P33", refusal="42501", threat="4.2")
def expired_session(at: Ground):
    """Bind with a session past its end."""
    return binds(at, "expired")


@vector("P34", refusal="42501", threat="4.2")
def idle_session(at: Ground):
    """Bind with a session that was idle too long."""
    return binds(at, "idle")


@vector("P35", refusal="42501", threat="4.2")
def revoked_session(at: Ground):
    """Bind with a session that was closed."""
    return binds(at, "revoked")


@vector("P36", refusal="42501", threat="4.2")
def touch_awake(at: Ground):
    """Wake an idle session by touching it, then bind."""
    connection = at.connect()
    connection.execute("select sec.touch_session(%s)", (at.a.tokens["idle"],))
    connection.execute(BIND, (at.a.tokens["idle"], at.a.id))
    return True


@vector("P37", refusal="42501", threat="4.2")
def removed_member(at: Ground):
    """Bind with a live session after one's membership ended."""
    return binds(at, "rita")


@vector("P38", refusal="42501", threat="4.3", role="app_audit")
def ended_auditor(at: Ground):
    """Bind as an auditor after the engagement's end."""
    return binds(at, "vince", "app_audit")


@vector("P39", refusal="42501", threat="4.3")
def auditor_at_the_web(at: Ground):
    """Bind an auditor's session in the web's role, which may write."""
    return binds(at, "vera")


@vector("P40", refusal="42501", threat="4.3", role="app_audit")
def owner_at_the_auditors(at: Ground):
    """Bind an owner's session in the auditor's role."""
    return binds(at, "olga", "app_audit")


@vector("P41", threat="4.2", role="app_signin")
def revoke_foreign_session(at: Ground):
    """End another person's session by its id."""
    root = at.superuser()
    target = value(root, "select id from sec.session where th = sha256(%s)", (at.a.tokens["olga"],))
    return value(at.connect("app_signin"), "select sec.revoke_session(%s, %s)", (at.b.tokens["mallory"], target))


@vector("P42", threat="4.2", role="app_signin")
def list_foreign_sessions(at: Ground):
    """List sessions with a token that is closed."""
    return rows(at.connect("app_signin"), "select id from sec.my_sessions(%s)", (at.a.tokens["revoked"],))


@vector("P43", refusal="42501", threat="4.2")
def rename_as_security_owner(at: Ground):
    """Rename the organization without being its owner."""
    at.bound(at.a, "alice").execute("select sec.rename_organization('mine')")
    return True


@vector("P44", threat="4.2", role="app_signin")
def forge_who_did_it(at: Ground):
    """Have an event of B say that A's owner did it, by a context that nobody verified."""
    connection = at.connect("app_signin")
    forged = f"{at.a.id}|{at.a.members['olga']}|owner|" + "0" * 64
    connection.execute("select set_config('app.ctx', %s, true)", (forged,))
    connection.execute(
        "select sec.found_organization(%s, 'forged-one', 'Forged', 'M', 'm@example.test')", (at.b.tokens["mallory"],)
    )
    connection.commit()
    return rows(
        at.superuser(),
        "select 1 from sec.event where by_ctx like %s and item ->> 'slug' = 'forged-one'",
        (f"{at.a.id}|%",),
    )


@vector("P45", refusal="22023", threat="4.2")
def invite_an_unknown_role(at: Ground):
    """Invite somebody into a role that does not exist, as an owner."""
    return value(at.bound(at.a, "olga"), INVITE, ("x@example.test", "worker"))


@vector("P46", refusal="42501", threat="4.2", role="app_audit")
def auditor_changes_people(at: Ground):
    """Invite somebody as an auditor, in the auditor's role."""
    return value(at.bound(at.a, "vera", "app_audit"), INVITE, ("x@example.test", "viewer"))


@vector("P47", refusal="42501", threat="4.2", role="app_signin")
def accept_signed_out(at: Ground):
    """Accept an invitation with a session that was closed."""
    given = (at.a.tokens["revoked"], at.a.invitations["open"], f"open.{at.a.marker}@example.test")
    return value(at.connect("app_signin"), ACCEPT, given)
