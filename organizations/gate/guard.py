"""The SQL that makes a table an organization table (security.md 4.2 and 4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

CLASSES = ("ledger", "projection", "queue")
# Filled by the database alone; no class lets the application name them in an INSERT.
STAMPS = ("recorded_at", "simulated_at", "known_at")
MATCH = "organization_id = (select sec.tenant())"
POLICIES = ("org", "org_wall", "read_only_insert", "read_only_update", "read_only_delete", "own_connection", "across", "across_update",
            "definer", "signer_insert")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ReferencePlan:
    """One composite foreign key."""

    column: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What `GuardTable` was told about one table."""

    table: str
    table_class: str
    columns: tuple[str, ...]
    references: tuple[ReferencePlan, ...]
    updates: tuple[str, ...] = ()
    worker_only: str = ""
    visible_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scheduler_updates: tuple[str, ...] = ()
    auditor_inserts: bool = False
    definer_inserts: bool = False
    signer_inserts: tuple[str, ...] = ()

    @property
    def crossed(self) -> bool:
        """Whether a role that is not bound to one organization touches the table; the walls then name their roles."""
        return bool(self.visible_to or self.scheduler_updates or self.definer_inserts or self.signer_inserts)


def protect(plan: Plan) -> Iterator[str]:
    """Statements that bring the table into its guarded form, whatever form it had."""
    yield from _keys(plan)
    yield f"alter table {plan.table} enable row level security"
    yield f"alter table {plan.table} force row level security"
    for policy in POLICIES:
        yield f"drop policy if exists {policy} on {plan.table}"
    yield from _policies(plan)
    yield from _grants(plan)
    yield f"comment on table {plan.table} is '{plan.table_class}'"


def release(plan: Plan) -> Iterator[str]:
    """Statements that undo `protect`, so that the table can be dropped or guarded differently."""
    for policy in POLICIES:
        yield f"drop policy if exists {policy} on {plan.table}"
    yield f"alter table {plan.table} no force row level security"
    yield f"alter table {plan.table} disable row level security"
    yield f"revoke all on {plan.table} from app_rt, app_audit, app_sched, app_signer, app_public, sec_owner"
    for reference in plan.references:
        yield f"alter table {plan.table} drop constraint if exists {_key_name(plan, reference)}"


def _key_name(plan: Plan, reference: ReferencePlan) -> str:
    return f"{plan.table}_{reference.column}_org_fk"[:63]


def _keys(plan: Plan) -> Iterator[str]:
    # The composite key may already be there, with foreign keys hanging on it: replace it only when it is not composite.
    yield (
        f"do $$ begin if (select count(*) from pg_index i, unnest(i.indkey) where i.indrelid = '{plan.table}'::regclass "
        f"and i.indisprimary) = 1 then alter table {plan.table} drop constraint {plan.table}_pkey; "
        f"alter table {plan.table} add primary key (organization_id, id); end if; end $$"
    )
    for reference in plan.references:
        yield f"alter table {plan.table} drop constraint if exists {_key_name(plan, reference)}"
        yield (
            f"alter table {plan.table} add constraint {_key_name(plan, reference)} "
            f"foreign key (organization_id, {reference.column}) references {reference.target} (organization_id, id)"
        )


def _policies(plan: Plan) -> Iterator[str]:
    to = "to app_rt, app_audit" if plan.crossed else ""
    yield f"create policy org on {plan.table} as permissive {to} using ({MATCH}) with check ({MATCH})"
    yield f"create policy org_wall on {plan.table} as restrictive {to} using ({MATCH}) with check ({MATCH})"
    yield from _read_only(plan, to)
    if plan.worker_only:
        yield (
            f"create policy own_connection on {plan.table} as restrictive for select to app_rt "
            f"using ((select sec.role()) = 'worker' and {plan.worker_only} = (select sec.actor()))"
        )
    if plan.visible_to:
        yield f"create policy across on {plan.table} as permissive for select to {', '.join(plan.visible_to)} using (true)"
    if plan.scheduler_updates:
        yield f"create policy across_update on {plan.table} as permissive for update to app_sched using (true) with check (true)"
    if plan.definer_inserts:
        yield f"create policy definer on {plan.table} as permissive for insert to sec_owner with check (true)"
    if plan.signer_inserts:
        yield f"create policy signer_insert on {plan.table} as permissive for insert to app_signer with check (true)"


def _read_only(plan: Plan, to: str) -> Iterator[str]:
    may_write = "(select sec.role()) not in ('auditor', 'api_read')"
    insert = "(select sec.role()) <> 'api_read'" if plan.auditor_inserts else may_write
    yield f"create policy read_only_insert on {plan.table} as restrictive for insert {to} with check ({insert})"
    yield f"create policy read_only_update on {plan.table} as restrictive for update {to} using ({may_write}) with check ({may_write})"
    yield f"create policy read_only_delete on {plan.table} as restrictive for delete {to} using ({may_write})"


def _grants(plan: Plan) -> Iterator[str]:
    table = plan.table
    yield f"revoke all on {table} from public, app_rt, app_audit, app_sched, app_signer, app_public, sec_owner"
    written = ", ".join(column for column in plan.columns if column not in STAMPS)
    # What the checkpoint signer writes, nobody else may.
    yield f"grant select{'' if plan.signer_inserts else f', insert ({written})'} on {table} to app_rt"
    if not plan.worker_only:
        yield f"grant select on {table} to app_audit"
    if plan.table_class == "projection":
        yield f"grant update, delete on {table} to app_rt"
    if plan.table_class == "queue" and plan.updates:
        yield f"grant update ({', '.join(plan.updates)}) on {table} to app_rt"
    if plan.auditor_inserts:
        yield f"grant insert ({written}) on {table} to app_audit"
    for role, columns in plan.visible_to.items():
        yield f"grant select ({', '.join(columns)}) on {table} to {role}"
    if plan.scheduler_updates:
        yield f"grant update ({', '.join(plan.scheduler_updates)}) on {table} to app_sched"
    if plan.definer_inserts:
        yield f"grant insert ({written}) on {table} to sec_owner"
    if plan.signer_inserts:
        yield f"grant insert ({', '.join(plan.signer_inserts)}) on {table} to app_signer"
