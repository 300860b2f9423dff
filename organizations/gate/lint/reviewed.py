"""What deviates from the three table classes, and why. A deviation that no longer exists is a finding too."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_POLICIES = ("org", "org_wall", "read_only_insert", "read_only_update", "read_only_delete")

# Tables of schema app that belong to no organization.
GLOBAL_TABLES = {"django_migrations": "Django's own list of applied migrations; nobody but the owner may read it"}

# Written by sec.append_leaf alone.
LOG_TABLES = ("leaf", "log_head")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A right beyond the table's class. No columns: the whole table."""

    table: str
    role: str
    privilege: str
    columns: tuple[str, ...] = ()
    reason: str


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """A right of the table's class that this table does not give."""

    table: str
    role: str
    privilege: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy beyond the five that every table has."""

    table: str
    name: str
    command: str
    permissive: bool
    roles: tuple[str, ...]
    using: str | None
    check: str | None
    reason: str


_DISPATCHER = "the dispatcher leases due rows of every organization; ids and times only (security.md 4.3)"
_SIGNER = "the checkpoint signer is another process; digests, sizes and ids, no customer data (security.md 6)"
_LOG = "sec.append_leaf appends the leaf and advances the head in one step (security.md 4.2)"
_FOUNDING = "founding and accepting write the new member's row while no organization is bound"
_OPENED_BY = "only the worker whose ticket names the connection opens its secret (security.md 5)"

GRANTS = (
    Grant(table="organizations_member", role="sec_owner", privilege="INSERT", reason=_FOUNDING,
          columns=("organization_id", "id", "name", "email")),
    Grant(table="integrations_due", role="app_sched", privilege="SELECT", reason=_DISPATCHER,
          columns=("organization_id", "id", "connection_id", "task", "next_run_at", "lease_until", "fence", "quarantined_at")),
    Grant(table="integrations_due", role="app_sched", privilege="UPDATE", reason=_DISPATCHER,
          columns=("lease_until", "fence")),
    Grant(table="evidence_checkpoint", role="app_signer", privilege="INSERT", reason=_SIGNER,
          columns=("organization_id", "id", "simulated_at", "origin", "size", "root", "at", "key_type", "note")),
    Grant(table="leaf", role="app_signer", privilege="SELECT", columns=("organization_id", "seq", "hash"), reason=_SIGNER),
    Grant(table="log_head", role="app_signer", privilege="SELECT", columns=("organization_id", "log_id", "size", "frontier"), reason=_SIGNER),
    Grant(table="leaf", role="sec_owner", privilege="INSERT", reason=_LOG),
    Grant(table="log_head", role="sec_owner", privilege="SELECT", reason=_LOG),
    Grant(table="log_head", role="sec_owner", privilege="INSERT", reason=_LOG),
    Grant(table="log_head", role="sec_owner", privilege="UPDATE", reason=_LOG),
)  # fmt: skip

WITHHELD = (
    Withheld(table="integrations_connectionsecret", role="app_audit", privilege="SELECT", reason=_OPENED_BY),
    Withheld(table="evidence_checkpoint", role="app_rt", privilege="INSERT", reason=_SIGNER),
)

_MATCH = "(organization_id = ( SELECT sec.tenant() AS tenant))"
_OWN = "((( SELECT sec.role() AS role) = 'worker'::text) AND (connection_id = ( SELECT sec.actor() AS actor)))"
POLICIES = (
    Policy(table="organizations_member", name="definer", command="a", permissive=True, roles=("sec_owner",), using=None, check="true", reason=_FOUNDING),
    Policy(table="integrations_due", name="across", command="r", permissive=True, roles=("app_sched",), using="true", check=None, reason=_DISPATCHER),
    Policy(table="integrations_due", name="across_update", command="w", permissive=True, roles=("app_sched",), using="true", check="true", reason=_DISPATCHER),
    Policy(table="evidence_checkpoint", name="signer_insert", command="a", permissive=True, roles=("app_signer",), using=None, check="true", reason=_SIGNER),
    Policy(table="integrations_connectionsecret", name="own_connection", command="r", permissive=False, roles=("app_rt",), using=_OWN, check=None, reason=_OPENED_BY),
    Policy(table="leaf", name="signer", command="r", permissive=True, roles=("app_signer",), using="true", check=None, reason=_SIGNER),
    Policy(table="log_head", name="signer", command="r", permissive=True, roles=("app_signer",), using="true", check=None, reason=_SIGNER),
)  # fmt: skip

# Definer functions and who may call them. Nobody beside the owner: called by other functions of schema sec only.
CONTEXT = ("app_owner", "app_rt", "app_audit")
PEOPLE = ("app_rt", "app_audit")
DEFINERS: dict[str, tuple[str, ...]] = {
    # The context, read by every policy and column default.
    "sec.tenant()": CONTEXT,
    "sec.actor()": CONTEXT,
    "sec.role()": CONTEXT,
    "sec.simulated_now()": CONTEXT,
    "sec.keyed(text)": (),
    "sec.enter(uuid,uuid,text)": (),
    # Binding, each from a secret that the database verifies.
    "sec.bind(bytea,uuid)": PEOPLE,
    "sec.organization_for(bytea,text)": PEOPLE,
    "sec.my_organizations(bytea)": PEOPLE,
    "sec.touch_session(bytea)": PEOPLE,
    "sec.is_idle(bytea)": PEOPLE,
    "sec.bind_token(bytea)": ("app_rt",),
    "sec.bind_job(bytea,text,uuid)": ("app_rt",),
    # Reading the bound organization's part of the gate.
    "sec.simulated()": PEOPLE,
    "sec.now()": PEOPLE,
    "sec.organization_here()": PEOPLE,
    "sec.members()": PEOPLE,
    "sec.events(bigint)": ("app_rt",),
    "sec.invitations()": ("app_rt",),
    "sec.api_tokens()": ("app_rt",),
    # Changing it; each asks the bound role.
    "sec.note_read(text,text)": PEOPLE,
    "sec.advance_clock(timestamp with time zone)": ("app_rt",),
    "sec.invite(text,text,timestamp with time zone,interval)": ("app_rt",),
    "sec.withdraw_invitation(bytea)": ("app_rt",),
    "sec.set_membership(uuid,text,timestamp with time zone)": ("app_rt",),
    "sec.rename_organization(text)": ("app_rt",),
    "sec.new_api_token(text,text,interval)": ("app_rt",),
    "sec.revoke_api_token(uuid)": ("app_rt",),
    "sec.append_leaf(text,timestamp with time zone,text,integer,bytea,bigint,bytea,integer,uuid,boolean)": ("app_rt",),
    # Signing in: the accounts room's role alone.
    "sec.open_session(uuid,text[],interval)": ("app_signin",),
    "sec.step_up(bytea)": ("app_signin",),
    "sec.close_session(bytea)": ("app_signin",),
    "sec.close_sessions(uuid)": ("app_signin",),
    "sec.user_of(bytea)": ("app_signin",),
    "sec.is_strong(bytea)": ("app_signin",),
    "sec.my_sessions(bytea)": ("app_signin",),
    "sec.revoke_session(bytea,uuid)": ("app_signin",),
    "sec.invitation_for(bytea)": ("app_signin",),
    "sec.accept_invitation(bytea,bytea,text,text)": ("app_signin",),
    "sec.found_organization(bytea,text,text,text,text)": ("app_signin",),
    "sec.found_sandbox(bytea,text,text,text,text,timestamp with time zone)": ("app_migrate",),
    "sec.born(bytea,text,text,text,text,boolean)": (),
    # Tickets: the dispatcher alone.
    "sec.mint_job(uuid,uuid,text,interval)": ("app_sched",),
    "sec.forget_jobs()": ("app_sched",),
}
# Run with their caller's rights.
INVOKERS: dict[str, tuple[str, ...]] = {
    # Called by triggers and definer functions of schema sec only.
    "sec.note()": (),
    "sec.rnd()": (),
    "sec.may_grant(text,text)": (),
    "sec.still_offered(sec.invitation)": (),
    # Several of the functions above in one round trip.
    "sec.here()": PEOPLE,
    "sec.open_for_session(bytea,text)": PEOPLE,
    "sec.open_for_token(bytea)": ("app_rt",),
    "sec.open_for_job(bytea,text,uuid)": ("app_rt",),
}

# Extensions of the database. plpgsql comes with every database; the functions above are written in it.
EXTENSIONS = ("plpgsql",)
