"""The world that is attacked: A with all its people, B with Mallory, a sandbox, and rows of both in every table."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID, uuid4

import psycopg

from tests.isolation.ground import Ground, Side, value
from tests.servers import clone_database

COLUMNS = """
select c.relname, a.attname, t.typname, a.attnotnull, a.atthasdef, a.attgenerated <> '', a.atttypmod
from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
and c.relname not in ('django_migrations', 'leaf', 'log_head', 'organizations_member') order by 1, a.attnum
"""
KEYS = """
select c.relname, a.attname, f.relname from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[array_upper(k.conkey, 1)]
where k.contype = 'f' and k.connamespace = 'app'::regnamespace
"""
ROWS_EACH = 3
FACTORS = ["password", "totp"]


def make_world(database: str) -> Ground:
    """Clone the template and fill it, through the gate where the gate can, as superuser where rows only need to be there."""
    clone_database(database)
    nobody = Side(uuid4(), "", "", {}, {}, {}, {}, (), {}, {}, {})
    ground = Ground(database, False, nobody, nobody, nobody)
    try:
        _fill_world(ground)
    finally:
        ground.close()
    return ground


def _fill_world(ground: Ground) -> None:
    ground.a = _organization(
        ground,
        "alpha",
        "olga",
        {
            "alice": "security_owner",
            "bob": "engineer",
            "walt": "viewer",
            "vera": "auditor",
            "oscar": "owner",
            "rita": "owner",
            "vince": "auditor",
        },
    )
    # Between two organizations: a world holds thirty connections while it is made, and two processes make one at once.
    ground.close()
    ground.b = _organization(ground, "bravo", "mallory", {"mike": "security_owner", "eve": "auditor"})
    ground.close()
    ground.sandbox = _organization(ground, "sandbox", "sasha", {}, sandbox=True)


def _organization(ground: Ground, name: str, owner: str, people: dict[str, str], *, sandbox: bool = False) -> Side:
    # The name never tells which organization it was; the marker does.
    marker = f"{name}-{secrets.token_hex(6)}"
    slug = f"{name}-{secrets.token_hex(4)}"
    signin = ground.connect("app_signin", autocommit=True)
    tokens, users, addresses = {}, {}, {}
    for person in (owner, *people, "stranger"):
        users[person], addresses[person] = uuid4(), f"{person}.{marker}@example.test"
        tokens[person] = _session(ground, users[person], FACTORS)
    if sandbox:
        founder = ground.connect("app_migrate", autocommit=True)
        found = "select sec.found_sandbox(%s, %s, %s, %s, %s, clock_timestamp() - interval '60 days')"
    else:
        founder, found = signin, "select sec.found_organization(%s, %s, %s, %s, %s)"
    organization_id = value(
        founder, found, (tokens[owner], slug, f"{marker} Inc", f"{owner} {marker}", addresses[owner])
    )
    members: dict[str, UUID] = {}
    side = Side(organization_id, slug, marker, tokens, members, addresses, users, (), {}, {}, {})
    _join(ground, side, owner, people)
    for person in (owner, *people):
        role = "app_audit" if people.get(person) == "auditor" else "app_rt"
        members[person] = value(ground.bound(side, person, role), "select sec.actor()")
    filled = _fill(ground, side)
    connections = filled.get("integrations_connection", ())
    api, invitations = _machines(ground, side, owner)
    _leaves(ground, side, sandbox=sandbox)
    return Side(organization_id, slug, marker, tokens, members, addresses, users, connections, filled, api, invitations)


def _machines(ground: Ground, side: Side, owner: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """API tokens and invitations, good ones and every kind that must no longer open anything."""
    boss, root = ground.bound(side, owner), ground.superuser()
    api = {name: _token(boss, side, name) for name in ("api_read", "api_write", "revoked", "expired")}
    invitations = {
        name: _invitation(boss, side, name, role)
        for name, role in (("open", "engineer"), ("owner", "owner"), ("expired", "engineer"), ("used", "engineer"))
    }
    boss.commit()
    if "rita" in side.tokens:  # an owner who made a token and an invitation and was removed afterwards
        rita = ground.bound(side, "rita")
        api["orphan"] = _token(rita, side, "orphan")
        invitations["orphan"] = _invitation(rita, side, "orphan", "owner")
        rita.commit()
        boss = ground.bound(side, owner)
        boss.execute("select sec.set_membership(%s, 'owner', clock_timestamp())", (side.members["rita"],))
        boss.commit()
    digest = "th = sha256(%s)"
    if "vince" in side.members:  # an auditor whose engagement is over
        root.execute(
            "update sec.membership set valid_to = clock_timestamp() where member_id = %s", (side.members["vince"],)
        )
    root.execute(f"update sec.api_token set revoked_at = clock_timestamp() where {digest}", (api["revoked"],))
    root.execute(f"update sec.api_token set expires_at = clock_timestamp() where {digest}", (api["expired"],))
    root.execute(f"update sec.invitation set expires_at = clock_timestamp() where {digest}", (invitations["expired"],))
    root.execute(f"update sec.invitation set used_at = clock_timestamp() where {digest}", (invitations["used"],))
    for name, end in (("expired", "expires_at"), ("idle", "idle_until"), ("revoked", "revoked_at")):
        side.tokens[name] = _session(ground, side.users[owner], FACTORS)
        root.execute(f"update sec.session set {end} = clock_timestamp() where {digest}", (side.tokens[name],))
    side.tokens["weak"] = _session(ground, side.users[owner], ["password"])
    return api, invitations


def _session(ground: Ground, user: UUID, factors: list[str]) -> bytes:
    signin = ground.connect("app_signin", autocommit=True)
    return bytes(value(signin, "select sec.open_session(%s, %s, '8 hours')", (user, factors)))


def _token(boss: psycopg.Connection[Any], side: Side, name: str) -> bytes:
    role = "api_read" if name == "api_read" else "api_write"
    return bytes(value(boss, "select sec.new_api_token(%s, %s, '1 day')", (f"{side.marker} {name}", role)))


def _invitation(boss: psycopg.Connection[Any], side: Side, name: str, role: str) -> bytes:
    address = f"{name}.{side.marker}@example.test"
    return bytes(value(boss, "select sec.invite(%s, %s, 'infinity', '1 hour')", (address, role)))


def _join(ground: Ground, side: Side, owner: str, people: dict[str, str]) -> None:
    signin = ground.connect("app_signin", autocommit=True)
    for person, role in people.items():
        boss = ground.bound(side, owner)
        until = "clock_timestamp() + interval '30 days'" if role == "auditor" else "'infinity'"
        secret = value(boss, f"select sec.invite(%s, %s, {until}, '1 hour')", (side.addresses[person], role))
        boss.commit()
        value(
            signin,
            "select sec.accept_invitation(%s, %s, %s, %s)",
            (side.tokens[person], secret, side.addresses[person], f"{person} {side.marker}"),
        )


def _leaves(ground: Ground, side: Side, *, sandbox: bool) -> None:
    worker = ground.worker(side, None)
    for _ in range(ROWS_EACH):
        append_leaf(worker, simulated=sandbox, stream=side.marker)
    worker.commit()


def append_leaf(connection: psycopg.Connection[Any], **changed: Any) -> Any:
    """Append one leaf; `changed` replaces arguments. Returns its number."""
    arguments = {
        "kind": "evidence", "observed_at": "2026-01-01T00:00:00Z", "stream": "aws.iam.summary", "page": 0,
        "ct_sha256": secrets.token_bytes(32), "ct_len": 10, "pt_commit": secrets.token_bytes(32), "codec": 0,
        "key_id": uuid4(), "simulated": False,
    } | changed  # fmt: skip
    types = ("text", "timestamptz", "text", "int", "bytea", "bigint", "bytea", "int", "uuid", "boolean")
    marks = ", ".join(f"%s::{kind}" for kind in types)
    return value(connection, f"select sec.append_leaf({marks})", tuple(arguments.values()))


def _fill(ground: Ground, side: Side) -> dict[str, tuple[UUID, ...]]:
    """Rows in every table, parents first; every text holds the organization's marker."""
    connection = ground.superuser()
    tables: dict[str, list[tuple[Any, ...]]] = {}
    for table, *column in connection.execute(COLUMNS).fetchall():
        tables.setdefault(table, []).append(tuple(column))
    keys = {(table, column): target for table, column, target in connection.execute(KEYS).fetchall()}
    filled: dict[str, tuple[UUID, ...]] = {"organizations_member": tuple(side.members.values())}
    waiting = dict(tables)
    while waiting:
        ready = [
            t
            for t in waiting
            if all(keys.get((t, c[0]), t) in filled or keys.get((t, c[0])) in (None, t) for c in waiting[t])
        ]
        assert ready, f"foreign keys in a circle: {sorted(waiting)}"
        for table in ready:
            columns = waiting.pop(table)
            filled[table] = tuple(
                _row(connection, side, table, columns, keys, filled, number) for number in range(ROWS_EACH)
            )
    return filled


def _row(
    connection: Any,
    side: Side,
    table: str,
    columns: list[Any],
    keys: dict[Any, str],
    filled: dict[str, Any],
    number: int,
) -> UUID:
    identity, given = uuid4(), {}
    for name, kind, required, has_default, generated, limit in columns:
        if name == "organization_id":
            given[name] = side.id
        elif name == "simulated_at":  # its default asks for a bound organization
            given[name] = None
        elif name == "id":
            given[name] = identity
        elif (table, name) in keys:
            given[name] = (
                filled[keys[table, name]][number % len(filled[keys[table, name]])]
                if keys[table, name] in filled
                else identity
            )
        elif generated or has_default or not required:
            continue
        else:
            given[name] = _filling(kind, limit, side.marker, number)
    names = ", ".join(f'"{name}"' for name in given)
    marks = ", ".join(["%s"] * len(given))
    # Some tables hold one row per organization.
    connection.execute(
        f"insert into app.{table} ({names}) values ({marks}) on conflict do nothing", list(given.values())
    )
    return identity


def _filling(kind: str, limit: int, marker: str, number: int) -> Any:
    text = f"{marker}-{number}"
    if kind in ("text", "varchar"):
        return text[-(limit - 4) :] if limit > 4 else text
    if kind in ("jsonb", "json"):
        return f'{{"marker": "{text}"}}'
    if kind == "bytea":
        return text.encode()
    if kind in ("int2", "int4", "int8"):
        return number + 1
    if kind in ("timestamptz", "date"):
        return "2026-01-02"
    return {"bool": True, "uuid": uuid4(), "numeric": 1, "float8": 1.0}[kind]
