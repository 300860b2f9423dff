"""Every address of an organization, taken from the resolver, with real and with made-up values for its parameters."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
from django.urls import URLPattern, get_resolver

from tests.isolation.company import Company
from tests.isolation.ground import rows

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# Values that exist in nobody's organization.
MISSING: dict[str, Any] = {"slug": "nobody-is-here", "int": 999_999, "str": "ZZ-9999", "uuid": None, "path": "nothing"}


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address below an organization, as the resolver spells it, with what it leads to."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from patterns(pattern, path)
        elif "<slug:slug>/" in path:
            yield f"/{path}", pattern


def addresses() -> Iterator[str]:
    """The addresses alone."""
    for address, _ in patterns():
        yield address


def filled(address: str, *, slug: str, ids: dict[str, Any] | None) -> str:
    """The address with this slug and these ids; with ids that nobody has when there are none."""

    def value(found: re.Match[str]) -> str:
        kind, name = found[1] or "str", found[2]
        if name == "slug":
            return slug
        if ids is None:
            return str(uuid4() if kind == "uuid" else MISSING[kind])
        return str(ids[name])

    return PARAMETER.sub(value, address)


def unknown_parameters(ids: dict[str, Any]) -> set[str]:
    """Parameters of addresses for which the company has no real value."""
    names = {name for address in addresses() for _, name in PARAMETER.findall(address)}
    return names - set(ids) - {"slug"}


def told(response: Any, url: str) -> tuple[int, str, bytes]:
    """Status, place and body without what differs by nature: the address itself, CSRF tokens, times."""
    body = bytes(response.content)
    for own in (url.encode(), url.replace("/", "%2F").encode()):
        body = body.replace(own, b"<url>")
    for part in url.strip("/").split("/"):
        if len(part) > 5:
            body = body.replace(part.encode(), b"<part>")
    body = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"<csrf>", body)
    body = re.sub(rb"\b\d\d:\d\d(:\d\d)?\b", b"<time>", body)
    place = response.headers.get("Location", "").replace(url, "<url>")
    return response.status_code, place, body


TABLES = "select c.relname from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and c.relname <> 'django_migrations' order by 1"
GATE = ("membership", "invitation", "api_token", "organization", "clock")


def state(root: psycopg.Connection[Any], company: Company) -> dict[str, Any]:
    """Rows of the organization by table, in number and in content, and its log's head."""
    found: dict[str, Any] = {}
    for (table,) in rows(root, TABLES):
        query = f"select count(*), coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') from app.{table} t where organization_id = %s"
        found[table] = rows(root, query, (company.organization.id,))[0]
    for table in GATE:
        column = "id" if table == "organization" else "organization_id"
        query = f"select coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') from sec.{table} t where {column} = %s"
        found[f"sec.{table}"] = rows(root, query, (company.organization.id,))[0]
    return found


def made_up_slug() -> str:
    return f"t-{secrets.token_hex(6)}"
