"""Every form of every organization page takes hostile values, in every role, without a crash and without half a write."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections
from django.test import Client, override_settings

from organizations.roles import EDITORS
from tests.attacks.hostile import VALUES, forms_of, spoilt
from tests.cast import Person, join
from tests.contracts.test_addresses import PAGES
from tests.isolation.company import Company, make_company

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
TABLES = (
    "select table_name from information_schema.tables where table_schema = 'app' and table_type = 'BASE TABLE' "
    "and table_name not in ('django_migrations', 'integrations_connectionsecret') order by 1"
)
# A value for fields that have none on a fresh page, so that the rest of the form is valid.
FILLING = {
    "name": "Field test",
    "email": "fuzz@example.test",
    "title": "Written by a test",
    "statement": "A sentence.",
    "criteria": "CC6.1",
    "starts_on": "2026-09-01",
    "ends_on": "2026-11-30",
    "until": "2027-01-31",
    "days": "30",
    "role_arn": "arn:aws:iam::123456789012:role/attestry",
    "access_key_id": "AKIA0123456789ABCDEF",
    "secret_access_key": "s" * 40,
    "stream": "aws.iam.summary",
}
# Fields of pages that only take a POST, or whose form stands on another page.
FORMS = {
    "connection-test": {},
    "pull-now": {"stream": ""},
    "clear-quarantine": {"stream": ""},
    "change-owner": {"owner": ""},
    "withdraw-invitation": {},
    "revoke-token": {},
    "mail-test": {},
    "rotate-secret": {"access_key_id": "", "secret_access_key": ""},
}


@dataclass(frozen=True)
class Place:
    company: Company
    people: dict[str, Person]

    def url(self, path: str) -> str:
        ids = self.company.ids | {"slug": self.company.slug}
        return "/" + PARAMETER.sub(lambda found: str(ids[found[2]]), path)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with override_settings(AWS_ENDPOINT="http://127.0.0.1:9"):
        company = make_company("f", pages=1)
        people = {
            "owner": company.owner,
            "security_owner": join(company.organization, "Sec", "security_owner"),
            "engineer": join(company.organization, "Eng", "engineer"),  # the company's own one is removed by a form
            "viewer": join(company.organization, "Vic", "viewer"),
        }
        yield Place(company, people)


def counts(person: Person) -> tuple[Any, ...]:
    """How many rows of each table the organization has; rows that reading adds by itself are left out."""
    with person.bound(), connections["default"].cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall()]
        parts = [f"(select count(*) from {name})" for name in names if name != "organizations_activity"]
        # The gate's own notes are copied whenever somebody reads the log.
        parts.append("(select count(*) from organizations_activity where event_id is null)")
        cursor.execute("select " + ", ".join(parts))
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def fields_of(client: Client, path: str, url: str) -> dict[str, str]:
    name = PAGES[path].name
    assert name is not None
    if name in FORMS:
        return FORMS[name]
    page = client.get(url)
    if page.status_code != 200:
        return {}
    own = [fields for action, fields in forms_of(page.content.decode()) if action in {"", url}]
    return {name: value for fields in own for name, value in fields.items()}


@pytest.mark.parametrize("path", PAGES)
def test_hostile_values_in_a_form_are_refused_or_stored_and_never_crash(place: Place, path: str) -> None:
    owner, url = place.people["owner"], place.url(path)
    client = owner.client(raise_request_exception=False)
    fields = fields_of(client, path, url)
    crashed, halves = [], []
    before = counts(owner)
    for data in spoilt(fields, FILLING | {"name": f"n {secrets.token_hex(4)}"}):
        answer = client.post(url, data)
        if answer.status_code >= 500:
            crashed.append({name: str(value)[:40] for name, value in data.items()})
        after = counts(owner)
        if answer.status_code >= 400 and after != before:
            halves.append((answer.status_code, str(data)[:200]))
        before = after
        if answer.status_code < 400 and PAGES[path].name in {"disconnect", "remove-member"}:
            break  # it can be done once
    assert not crashed
    assert not halves


@pytest.mark.parametrize("path", PAGES)
def test_hostile_values_in_the_query_never_crash_a_page(place: Place, path: str) -> None:
    client, url = place.people["owner"].client(raise_request_exception=False), place.url(path)
    names = (
        "stream", "before", "page", "state", "owner", "group", "criterion", "q", "sort", "week", "r", "verify",
        "download", "action", "who", "subject", "since", "until", "gate", "all", "next",
    )  # fmt: skip
    asked = [dict.fromkeys(names, value[:3000]) for value in VALUES]
    crashed = [one for one in asked if client.get(url, one).status_code >= 500]
    assert not crashed


@pytest.mark.parametrize("role", ["security_owner", "engineer", "viewer"])
@pytest.mark.parametrize("path", PAGES)
def test_a_post_by_a_role_that_the_page_does_not_name_changes_nothing(place: Place, path: str, role: str) -> None:
    allowed = PAGES[path].callback.allowed_roles
    if PAGES[path].name == "settings":
        allowed = EDITORS  # others may read it
    if role in allowed:
        return
    owner, url = place.people["owner"], place.url(path)
    client = place.people[role].client(raise_request_exception=False)
    fields = {name: FILLING.get(name) or value for name, value in fields_of(owner.client(), path, url).items()}
    before = counts(owner)
    assert client.post(url, fields).status_code in {403, 405}
    assert counts(owner) == before


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_head_and_refuses_other_methods(place: Place, path: str) -> None:
    client, url = place.people["owner"].client(raise_request_exception=False), place.url(path)
    get = client.get(url)
    assert get.status_code < 500
    assert client.head(url).status_code == get.status_code
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"):
        assert client.generic(method, url).status_code == 405, method


@pytest.mark.parametrize("path", PAGES)
def test_a_post_without_the_csrf_token_is_refused(place: Place, path: str) -> None:
    client = place.people["owner"].client(enforce_csrf_checks=True, raise_request_exception=False)
    assert client.post(place.url(path), {}).status_code in {403, 405}


@pytest.mark.parametrize("path", PAGES)
def test_an_answer_of_an_organization_is_kept_by_no_cache(place: Place, path: str) -> None:
    client, url = place.people["owner"].client(raise_request_exception=False), place.url(path)
    outsider = Client(raise_request_exception=False)
    for answer in (client.get(url), client.get(url + "nothing-here/"), outsider.get(url)):
        assert "no-store" in answer.headers.get("Cache-Control", ""), answer.status_code
