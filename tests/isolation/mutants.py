"""One wall each, taken away on a clone. A probe running as a runtime role must notice, or the wall is only believed in.

Where two walls overlap, the mutant takes the wall away together with the fault that it backs up (security.md 8, G6).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.isolation.ground import rows
from tests.isolation.vectors.registry import NOTHING, Attack, Vector

Change = str | Callable[[psycopg.Connection[Any]], None]


@dataclass(frozen=True)
class Mutant:
    """What is taken away, and the attacks of which at least one must work then."""

    id: str
    line: str
    changes: tuple[Change, ...]
    killers: tuple[str | Vector, ...]

    @property
    def of_functions(self) -> bool:
        """Whether it only rewrites functions of schema sec, which can be put back."""
        return not any(isinstance(change, str) for change in self.changes)


MUTANTS: list[Mutant] = []


def mutant(line: str, *changes: Change, kills: str | Vector | tuple[str | Vector, ...]) -> None:
    killers = kills if isinstance(kills, tuple) else (kills,)
    MUTANTS.append(Mutant(f"U{len(MUTANTS) + 1:02}", line, changes, killers))


def without(function: str, pattern: str, left: str = "") -> Change:
    """The function with the first match of `pattern` replaced."""

    def change(connection: psycopg.Connection[Any]) -> None:
        query = "select pg_get_functiondef(p.oid) from pg_proc p where p.pronamespace = 'sec'::regnamespace and p.proname = %s"
        ((definition,),) = connection.execute(query, (function,)).fetchall()
        changed, hits = re.subn(pattern, left, definition, count=1, flags=re.DOTALL)
        assert hits == 1, f"{function} has no {pattern}"
        connection.execute(changed.encode())

    return change


def probe(line: str, attack: Attack) -> Vector:
    """An attack that only makes sense on a mutant."""
    return Vector("", "app_rt", NOTHING, "", False, line, attack)


def reads(query: str) -> Vector:
    """Mallory finds A's organization_id among the rows of a query."""
    return probe(query, lambda at: [row for row in rows(at.mallory(), query) if row[0] == at.a.id])


_MATCH = "organization_id = (select sec.tenant())"
_RAISE = r"raise exception [^;]*;"

# fmt: off
# --- policies -----------------------------------------------------------------
mutant("row security of one table is off", "alter table app.evidence_record disable row level security", kills="R01")
mutant("a second permissive policy, and no restrictive twin to hold it", "drop policy org_wall on app.compliance_currentoutcome",
       "create policy extra on app.compliance_currentoutcome using (true) with check (true)", kills=("W03", "W04"))
mutant("the permissive policy lets everything through, and no twin", "drop policy org_wall on app.evidence_record",
       "alter policy org on app.evidence_record using (true)", kills=("R01", "R03"))
mutant("both policies check what is read but not what is written", "alter policy org on app.compliance_control with check (true)",
       "alter policy org_wall on app.compliance_control with check (true)", kills="W01")
mutant("both policies of the log let everything through", "alter policy org on app.leaf using (true)", "alter policy org_wall on app.leaf using (true)", kills="L15")
mutant("both policies of the log's head let everything through", "alter policy org on app.log_head using (true)", "alter policy org_wall on app.log_head using (true)", kills="L16")
mutant("FORCE is off and the owner owns a definer function", "alter table app.evidence_record no force row level security",
       "create function app.leak() returns setof app.evidence_record language sql security definer as 'select * from app.evidence_record'",
       "alter function app.leak() owner to app_owner", kills=reads("select organization_id from app.leak()"))
mutant("FORCE is off and the owner owns a view that is not an invoker's", "alter table app.evidence_record no force row level security",
       "create view app.leak as select * from app.evidence_record", "alter view app.leak owner to app_owner", "grant select on app.leak to app_rt",
       kills=reads("select organization_id from app.leak"))
mutant("a definer function of the superuser", "create function app.leak() returns setof app.evidence_record language sql security definer as 'select * from app.evidence_record'",
       kills=reads("select organization_id from app.leak()"))
mutant("a materialized view is granted", "create materialized view app.leak as select * from app.evidence_record", "grant select on app.leak to app_rt",
       kills=reads("select organization_id from app.leak"))
mutant("read-only roles may insert", "drop policy read_only_insert on app.compliance_control", kills="W29")
mutant("read-only roles may update", "drop policy read_only_update on app.compliance_currentoutcome", kills="W30")
mutant("read-only roles may delete", "drop policy read_only_delete on app.compliance_currentoutcome", kills="W31")
mutant("secrets are open to everybody in the organization", "drop policy own_connection on app.integrations_connectionsecret", kills=("C01", "C07"))
mutant("secrets are open to every worker", "alter policy own_connection on app.integrations_connectionsecret using ((select sec.role()) = 'worker')", kills=("C02", "C03"))
mutant("secrets ask for the connection only, and B's worker is let through", "alter policy org on app.integrations_connectionsecret using (true)",
       "alter policy org_wall on app.integrations_connectionsecret using (true)", kills="C04")
# --- keys ---------------------------------------------------------------------
mutant("a foreign key without the organization", "create unique index mine on app.compliance_control (id)",
       "alter table app.compliance_controlowner drop constraint compliance_controlowner_control_id_org_fk",
       "alter table app.compliance_controlowner add foreign key (control_id) references app.compliance_control (id)", kills=("W11", "W12"))
mutant("a unique key without the organization", "create unique index mine on app.compliance_control (key)", kills=("W09", "W10"))
# --- grants -------------------------------------------------------------------
mutant("a ledger may be updated", "grant update on app.compliance_flip to app_rt", kills="W16")
mutant("a ledger may be deleted from", "grant delete on app.organizations_activity to app_rt", kills="W17")
mutant("recorded_at may be chosen", "grant insert (recorded_at) on app.compliance_control to app_rt", kills="W18")
mutant("simulated_at may be chosen", "grant insert (simulated_at) on app.compliance_control to app_rt", kills="W19")
mutant("a queue column that its class does not list", "grant update (task) on app.integrations_due to app_rt", kills="W20")
mutant("a queue may be deleted from", "grant delete on app.organizations_invitation to app_rt", kills="W21")
mutant("TRUNCATE is granted", "grant truncate on app.evidence_record to app_rt", kills="W15")
mutant("TRIGGER is granted", "grant trigger on app.compliance_currentoutcome to app_rt", kills="W22")
mutant("auditors may insert, and no policy says no", "grant insert on app.compliance_control to app_audit", "drop policy read_only_insert on app.compliance_control", kills="W32")
mutant("auditors may read secrets", "grant select on app.integrations_connectionsecret to app_audit", kills="C05")
mutant("leaves may be inserted", "grant insert on app.leaf to app_rt", kills="L12")
mutant("the head may be moved", "grant update on app.log_head to app_rt", kills="L13")
mutant("leaves may be deleted", "grant delete on app.leaf to app_rt", kills="L14")
mutant("the runtime may publish checkpoints", "grant insert on app.evidence_checkpoint to app_rt", kills="L17")
mutant("the signer reads bodies", "grant select on app.leaf to app_signer", kills="M36")
mutant("the dispatcher reads whole due rows", "grant select on app.integrations_due to app_sched", kills="M30")
mutant("public pages read an organization's table", "grant usage on schema app to app_public", "grant select on app.organizations_member to app_public",
       "alter table app.organizations_member disable row level security", kills="M40")
mutant("the sign-in role reads organization tables", "grant usage on schema app to app_signin", "grant select on app.organizations_member to app_signin",
       "alter table app.organizations_member disable row level security", kills="P27")
mutant("the runtime reads password hashes", "grant usage on schema signin to app_rt", "grant select on all tables in schema signin to app_rt", kills="R25")
mutant("the MAC key may be read", "grant select on sec.hk to app_rt", kills="K22")
mutant("sessions may be read", "grant select on sec.session to app_rt", kills="R27")
mutant("memberships may be inserted", "grant insert on sec.membership to app_rt", "alter table sec.membership disable trigger note", kills="P20")
mutant("tickets may be inserted", "grant insert on sec.job to app_rt", kills="M16")
mutant("objects may be created in schema app", "grant create on schema app to app_rt", kills=("R20", "W28"))
mutant("objects may be created in schema public", "grant usage, create on schema public to app_rt", kills="K26")
mutant("temporary tables may be made", "do $$ begin execute format('grant temp on database %I to public', current_database()); end $$", kills=("R22", "K25"))
mutant("statements of others may be read", "grant select on pg_catalog.pg_stat_activity to public", "grant execute on function pg_catalog.pg_stat_get_activity(int) to public", kills=("R14", "R16"))
mutant("connections of others may be ended", "grant execute on function pg_catalog.pg_terminate_backend(int, bigint) to public", kills="S19")
mutant("row versions may be asked for", "grant execute on function pg_catalog.currtid2(text, tid) to public", kills="R08")
mutant("notifications may carry payloads by function", "grant execute on function pg_catalog.pg_notify(text, text) to public", kills="R23")
mutant("large objects may be used", "grant execute on function pg_catalog.lo_from_bytea(oid, bytea), pg_catalog.lo_get(oid) to public", kills="R21")
# --- who may call what --------------------------------------------------------
mutant("the runtime may open sessions", "grant execute on function sec.open_session(uuid, text[], interval) to app_rt", kills="P18")
mutant("the runtime may mint tickets", "grant execute on function sec.mint_job(uuid, uuid, text, interval) to app_rt", kills="M15")
mutant("the runtime may ask for MACs", "grant execute on function sec.keyed(text) to app_rt", kills="K23")
mutant("the runtime may enter without a token", "grant execute on function sec.enter(uuid, uuid, text) to app_rt", kills="K24")
mutant("the runtime may accept invitations", "grant execute on function sec.accept_invitation(bytea, bytea, text, text) to app_rt", kills="P22")
mutant("anybody may found a sandbox", "grant execute on function sec.born(bytea, text, text, text, text, boolean) to app_signin", kills="P24")
mutant("the sign-in role may bind", "grant execute on function sec.bind(bytea, uuid) to app_signin", without("bind", r"\(m\.role = 'auditor'\) = \(session_user = 'app_audit'\)", "true"), kills="P26")
mutant("auditors may append leaves, and the function does not ask", without("append_leaf", r"if sec\.role\(\) in \('auditor', 'api_read'\) then.*?end if;"),
       "grant execute on function sec.append_leaf(text, timestamptz, text, int, bytea, bigint, bytea, int, uuid, boolean) to app_audit", kills=("L04", "L05"))
# --- the context --------------------------------------------------------------
mutant("the context's MAC is not checked", without("tenant", r"raise exception 'forged[^;]*;", "null;"), kills=("K04", "K05", "K10"))
mutant("a context outlives its transaction", without("tenant", r" \|\| '\|' \|\| extract\(epoch from transaction_timestamp\(\)\)"), without("enter", r" \|\| '\|' \|\| extract\(epoch from transaction_timestamp\(\)\)"), kills="K08")
mutant("a context is good on every connection and for ever", without("tenant", r" \|\| '\|' \|\| pg_backend_pid\(\) \|\| '\|'\s*\|\| extract\(epoch from transaction_timestamp\(\)\)"),
       without("enter", r" \|\| '\|' \|\| pg_backend_pid\(\) \|\| '\|' \|\| extract\(epoch from transaction_timestamp\(\)\)"), kills="K09")
mutant("the function of the policies is IMMUTABLE", "alter function sec.tenant() immutable", kills="R17")
mutant("no context is answered with nothing", without("tenant", r"raise exception 'no organization[^;]*;", "return null;"),
       kills=probe("an unbound read does not raise", lambda at: rows(at.connect(), "select 1 from app.evidence_record") == []))
mutant("one transaction may bind twice", without("enter", _RAISE, "null;"), kills="K13")
mutant("a session without a second factor binds an owner", without("bind", r"\(s\.strong_at is not null or m\.role in \([^)]*\)\)", "true"), kills="P32")
mutant("a closed session binds", without("bind", r"s\.revoked_at is null", "true"), kills="P35")
mutant("a session past its end binds", without("bind", r"t < s\.expires_at", "true"), kills="P33")
mutant("an idle session binds", without("bind", r"t < s\.idle_until", "true"), kills="P34")
mutant("an idle session can be touched awake", without("touch_session", r"clock_timestamp\(\) < least\(s\.expires_at, s\.idle_until\)", "true"), kills="P36")
mutant("an ended membership binds", without("bind", r"t < m\.valid_to", "true"), kills=("P37", "P38"))
mutant("auditors bind anywhere", without("bind", r"\(m\.role = 'auditor'\) = \(session_user = 'app_audit'\)", "true"), kills=("P39", "P40"))
mutant("any session binds any organization", without("bind", r"sec\.session s join sec\.membership m using \(user_id\)", "sec.session s cross join sec.membership m"), kills="K14")
mutant("a revoked token binds", without("bind_token", r"t\.revoked_at is null", "true"), kills="M01")
mutant("a token past its end binds", without("bind_token", r"n < t\.expires_at", "true"), kills="M02")
mutant("a token outlives its maker", without("bind_token", r"n < m\.valid_to", "true"), kills="M03")
mutant("a ticket is good for every connection", without("bind_job", r"and connection_id is not distinct from conn"), kills="M11")
mutant("a ticket is good for every task", without("bind_job", r"and task = want"), kills="M12")
mutant("a ticket never ends", without("bind_job", r"and expires_at > clock_timestamp\(\)"), kills="M13")
# --- people, tokens, log ------------------------------------------------------
mutant("everybody may grant everything", without("may_grant", r"select coalesce\(.*\)\s*(?=\$)", "select true "), kills=("P01", "P05"))
mutant("an invitation may be accepted with any address", without("accept_invitation", r"and address_h = [^\n]*lower\(verified_address\)\)"), kills="P14")
mutant("an invitation outlives its maker's right", without("still_offered", r"and exists \(.*\)(?=\s*\$)"), kills="P17")
mutant("an invitation may be used twice", without("accept_invitation", r"and o\.used_at is null"), without("still_offered", r"i\.used_at is null and"), kills="P15")
mutant("the last owner may leave", without("set_membership", r"if not exists \(select from sec\.membership.*?end if;"), kills="P10")
mutant("members are listed for every organization", without("members", r"where m\.organization_id = sec\.tenant\(\)"), kills="R32")
mutant("events are listed for every organization", without("events", r"e\.organization_id = sec\.tenant\(\) and"), kills="R31")
mutant("invitations are listed for every organization", without("invitations", r"where i\.organization_id = sec\.tenant\(\)"), kills="R34")
mutant("tokens are listed for every organization", without("api_tokens", r"where t\.organization_id = sec\.tenant\(\)"), kills="M09")
mutant("tokens of every organization may be revoked", without("revoke_api_token", r"and organization_id = sec\.tenant\(\)"), kills="M07")
mutant("invitations of every organization may be withdrawn", without("withdraw_invitation", r"and organization_id = sec\.tenant\(\)"), kills="P12")
mutant("everybody's sessions may be ended", without("revoke_session", r"and user_id = sec\.user_of\(token\)"), kills="P41")
mutant("a recovery code alone is a first factor", without("open_session", r"array\['password', 'sso', 'webauthn'\]", "array['password', 'sso', 'webauthn', 'recovery']"), kills="P29")
mutant("events name whoever the setting says", without("note", r"perform sec\.tenant\(\);"), kills="P44")
mutant("simulated time in real organizations", without("append_leaf", r"if simulated <> sec\.simulated\(\) then.*?end if;"), kills=("L01", "L02"))
mutant("leaves from the future", without("append_leaf", r"if observed_at > t \+.*?end if;"), kills="L03")
mutant("people move a sandbox's clock", without("advance_clock", r"sec\.role\(\) <> 'worker' or"), kills="M18")
mutant("a sandbox's clock runs backwards", without("advance_clock", r"and at <= new_at"), kills="M20")
mutant("everybody writes notes of reads", without("note_read", r"if sec\.role\(\) not in.*?end if;"), kills="M24")
mutant("everybody makes tokens", without("new_api_token", r"if sec\.role\(\) not in.*?end if;"), kills=("M04", "M05"))
# fmt: on
