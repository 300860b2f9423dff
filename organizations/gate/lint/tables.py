"""Shape: columns, keys, row security, class, owner, and nothing beside plain tables."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from organizations.gate.fields import Reference
from organizations.gate.lint.findings import Ask, Finding
from organizations.gate.lint.reviewed import GLOBAL_TABLES, LOG_TABLES
from organizations.gate.models import OrganizationModel

_RELATIONS = """
select c.relname, c.relkind::text, c.relrowsecurity, c.relforcerowsecurity, c.relowner::regrole::text,
  coalesce(obj_description(c.oid, 'pg_class'), ''), c.relispartition, c.relhasrules, coalesce(c.reloptions::text, ''),
  exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and a.attnotnull
          and a.atttypid = 'uuid'::regtype and not a.attisdropped),
  exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent)),
  exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal)
from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p', 'm', 'f', 'v')
"""
_INDEXES = """
select c.relname, i.indexrelid::regclass::text, i.indisunique, coalesce(a.attname, '') from pg_index i
join pg_class c on c.oid = i.indrelid left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
where c.relnamespace = 'app'::regnamespace
"""
_FOREIGN_KEYS = """
select c.relname, k.conname, f.relname, k.confdeltype::text, k.confupdtype::text,
  (select array_agg(a.attname::text order by n.place) from unnest(k.conkey) with ordinality n(number, place)
   join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n.number),
  (select array_agg(a.attname::text order by n.place) from unnest(k.confkey) with ordinality n(number, place)
   join pg_attribute a on a.attrelid = k.confrelid and a.attnum = n.number)
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
where k.contype = 'f' and k.connamespace = 'app'::regnamespace
"""
_VIEWS = """
select c.oid::regclass::text, c.relkind::text, coalesce(c.reloptions::text, '') from pg_class c
where c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) and c.relkind in ('v', 'm')
"""
_GUARDIAN = "select c.oid::regclass::text, c.relacl::text from pg_class c where c.relname like 'guardian\\_%' and c.relkind = 'r'"


def organization_models() -> dict[str, Any]:
    """Table name to model, for every organization table that Django knows."""
    return {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if issubclass(model, OrganizationModel)
    }


def check(ask: Ask) -> list[Finding]:
    """Findings about the shape of tables, their keys, and views."""
    return [*_relations(ask), *_indexes(ask), *_foreign_keys(ask), *_views(ask), *_guardian(ask)]


def _relations(ask: Ask) -> list[Finding]:
    models, found, out = organization_models(), set(), []
    for row in ask(_RELATIONS):
        name, kind = row[0], row[1]
        found.add(name)
        if kind == "v":
            continue
        if kind != "r":
            out.append(Finding("shape", name, f"is of kind {kind}: only plain tables carry row-level security here"))
        if name in GLOBAL_TABLES:
            continue
        out += _table(row, models.get(name))
    out += [
        Finding("reviewed", name, "is in GLOBAL_TABLES and does not exist")
        for name in GLOBAL_TABLES
        if name not in found
    ]
    out += [Finding("shape", name, "is a model without a table") for name in models if name not in found]
    return out


def _table(row: tuple[Any, ...], model: Any) -> list[Finding]:
    name, _kind, enabled, forced, owner, comment, partition, rules, _options, has_organization, inherits, triggers = row
    expected = "log" if name in LOG_TABLES else getattr(model, "table_class", None)
    wrong = {
        "is no model's table, no log and not reviewed as global": expected is None,
        "has no organization_id uuid NOT NULL": not has_organization,
        "has row-level security switched off": not enabled,
        "does not FORCE row-level security on its owner": not forced,
        f"belongs to {owner}, not to app_owner": owner != "app_owner",
        f"has the class {comment or 'none'}, its model says {expected}": expected is not None and comment != expected,
        "is a partition: its rows can be read past the parent": partition,
        "takes part in inheritance": inherits and not partition,
        "has a rewrite rule": rules,
        "has a trigger": triggers,
    }
    return [Finding("shape", name, text) for text, is_wrong in wrong.items() if is_wrong]


def _indexes(ask: Ask) -> list[Finding]:
    return [
        Finding("keys", table, f"{'unique ' if unique else ''}index {index} does not lead with organization_id")
        for table, index, unique, first in ask(_INDEXES)
        if table not in GLOBAL_TABLES and first != "organization_id"
    ]


def _foreign_keys(ask: Ask) -> list[Finding]:
    out: list[Finding] = []
    there: set[tuple[str, str, str]] = set()
    for table, name, target, on_delete, on_update, columns, targets in ask(_FOREIGN_KEYS):
        if columns[0] != "organization_id" or targets[0] != "organization_id":
            out.append(Finding("keys", table, f"foreign key {name} does not lead with organization_id on both sides"))
        if on_delete != "a" or on_update != "a":
            out.append(Finding("keys", table, f"foreign key {name} cascades"))
        there.add((table, columns[-1], target))
    wanted = {
        (table, field.column, field.related_model._meta.db_table)
        for table, model in organization_models().items()
        for field in model._meta.local_fields
        if isinstance(field, Reference)
    }
    out += [
        Finding("keys", table, f"reference {column} has no composite foreign key to {to}")
        for table, column, to in wanted - there
    ]
    return out


def _views(ask: Ask) -> list[Finding]:
    return [
        Finding("views", name, "is a materialized view, which cannot have row-level security")
        if kind == "m"
        else Finding("views", name, "is not security_invoker")
        for name, kind, options in ask(_VIEWS)
        if kind == "m" or "security_invoker=true" not in options
    ]


def _guardian(ask: Ask) -> list[Finding]:
    return [
        Finding("guardian", name, "is granted to somebody; guardian's own tables stay empty and ungranted")
        for name, acl in ask(_GUARDIAN)
        if acl is not None and acl.strip("{}").count(",")
    ]
