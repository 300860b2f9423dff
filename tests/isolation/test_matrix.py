"""Every address of an organization, as people who have no business there: foreign and missing answer alike, and nothing
changes. The list comes from the resolver, so a new address is in it by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.cast import auditor_connection
from tests.isolation.company import Company, browser, make_company
from tests.isolation.matrix import PARAMETER, addresses, filled, made_up_slug, patterns, state, told, unknown_parameters
from tests.tally import count

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("isolation-http")]
FULL = os.environ.get("ATTESTRY_CAMPAIGN") == "full"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options") if FULL else ("get", "post", "delete")
ADDRESSES = sorted(set(addresses()))
PAGES = [address for address in ADDRESSES if address.startswith("/o/")]
ROUTES = [address for address in ADDRESSES if address.startswith("/api/")]


@pytest.fixture(scope="module")
def a() -> Company:
    return make_company("a", pages=6)  # numbers of records that B does not have


@pytest.fixture(scope="module")
def b() -> Company:
    return make_company("b")


@pytest.fixture(scope="module")
def root() -> Iterator[psycopg.Connection[Any]]:
    from django.conf import settings

    name = settings.DATABASES["default"]["NAME"]
    with psycopg.connect(make_conninfo(os.environ["ATTESTRY_TEST_SERVER"], dbname=name), autocommit=True) as connection:
        yield connection


def as_whom(identity: str, a: Company, b: Company) -> Any:
    people = {
        "anonymous": None,
        "mallory": b.owner,
        "bob of B": b.people["bob"],
        "ended auditor": a.people["vince"],
        "auditor at the web": a.people["vera"],
    }
    return browser(people[identity]), auditor_connection() if identity == "ended auditor" else nullcontext()


def test_every_parameter_has_a_real_value(a: Company) -> None:
    assert not unknown_parameters(a.ids), "give tests/isolation/company.py a real value for them"


def test_the_real_values_are_real(a: Company) -> None:
    """The owner reaches the addresses with them; otherwise 'not found' would prove nothing."""
    client, refused = browser(a.owner), []
    for address in PAGES:
        url = filled(address, slug=a.slug, ids=a.ids)
        status = client.get(url).status_code
        if status not in (200, 302, 303, 405):
            refused.append((status, url))
    for address in ROUTES:
        url = filled(address, slug=a.slug, ids=a.ids)
        status = client.get(url, headers={"Authorization": f"Bearer {a.tokens['api_write']}"}).status_code
        if status not in (200, 405):
            refused.append((status, url))
    assert not refused


@pytest.mark.parametrize("identity", ["anonymous", "mallory", "bob of B", "ended auditor", "auditor at the web"])
def test_a_foreign_organization_answers_like_a_missing_one(identity: str, a: Company, b: Company, root: Any) -> None:
    client, connection = as_whom(identity, a, b)
    before, nobody, wrong = state(root, a), made_up_slug(), []
    with connection:
        for address in PAGES:
            for method in METHODS:
                foreign, missing = filled(address, slug=a.slug, ids=a.ids), filled(address, slug=nobody, ids=a.ids)
                wrong += compared(getattr(client, method), foreign, missing, a, {})
    assert not wrong
    assert state(root, a) == before


def test_the_comparison_notices_a_leak(a: Company) -> None:
    url, missing = (
        f"/o/{a.slug}/connections/{a.ids['connection_id']}/",
        f"/o/{made_up_slug()}/connections/{a.ids['connection_id']}/",
    )
    wrong = compared(browser(a.owner).get, url, missing, a, {})
    assert [line for line in wrong if "differs" in line]
    assert [line for line in wrong if "marker" in line]


@pytest.mark.parametrize("identity", ["mallory", "bob of B"])
def test_a_foreign_id_answers_like_a_missing_one(identity: str, a: Company, b: Company, root: Any) -> None:
    client, _ = as_whom(identity, a, b)
    before, wrong = state(root, a), []
    for address in PAGES:
        if len(PARAMETER.findall(address)) < 2:
            continue
        for method in METHODS:
            foreign, missing = filled(address, slug=b.slug, ids=a.ids), filled(address, slug=b.slug, ids=None)
            wrong += compared(getattr(client, method), foreign, missing, a, {}, refused_only=True)
    assert not wrong
    assert state(root, a) == before


def test_a_member_without_the_role_is_refused_and_changes_nothing(a: Company, root: Any) -> None:
    client, before, wrong = browser(a.people["bob"]), state(root, a), []
    for address, pattern in patterns():
        if address in ROUTES or "engineer" in getattr(pattern.callback, "allowed_roles", ()):
            continue
        for method in METHODS:
            url = filled(address, slug=a.slug, ids=a.ids)
            status = getattr(client, method)(url).status_code
            count("isolation requests without the role")
            if status not in (403, 405):
                wrong.append(f"{method} {url}: {status}")
    assert not wrong
    assert state(root, a) == before


@pytest.mark.parametrize("whose", ["nobody's", "B's", "made up"])
def test_the_api_answers_alike(whose: str, a: Company, b: Company, root: Any) -> None:
    headers = {
        "nobody's": {},
        "B's": {"Authorization": f"Bearer {b.tokens['api_write']}"},
        "made up": {"Authorization": "Bearer at_" + "A" * 43},
    }[whose]
    client, before, nobody, wrong = browser(None), state(root, a), made_up_slug(), []
    for address in ROUTES:
        for method in METHODS:
            call = getattr(client, method)
            wrong += compared(
                call, filled(address, slug=a.slug, ids=a.ids), filled(address, slug=nobody, ids=a.ids), a, headers
            )
            if whose == "B's" and len(PARAMETER.findall(address)) > 1:
                foreign, missing = filled(address, slug=b.slug, ids=a.ids), filled(address, slug=b.slug, ids=None)
                wrong += compared(call, foreign, missing, a, headers, refused_only=True)
    assert not wrong
    assert state(root, a) == before


def compared(
    call: Any, foreign: str, missing: str, a: Company, headers: dict[str, str], *, refused_only: bool = False
) -> list[str]:
    """What was wrong with a pair of answers."""
    one, other = call(foreign, headers=headers), call(missing, headers=headers)
    count("isolation requests to foreign addresses", 2)
    wrong = []
    if told(one, foreign) != told(other, missing):
        wrong.append(f"{call.__name__} {foreign}: {one.status_code} differs from {other.status_code} of a missing one")
    if not refused_only and one.status_code < 300 and call.__name__ != "options":
        wrong.append(f"{call.__name__} {foreign}: {one.status_code}")
    if one.status_code >= 500:
        wrong.append(f"{call.__name__} {foreign}: {one.status_code}")
    if a.marker.encode() in one.content or a.marker in str(one.headers):
        wrong.append(f"{call.__name__} {foreign}: shows the marker of A")
    return wrong
