"""Malformed input to every route: never a 5xx, always one shape (goal G15, this issue's share).

Two sources: schemathesis from the API's own description, and raw query strings and bodies that no description allows.
`ATTESTRY_FUZZ` multiplies the number of examples; the count that ran is printed.
"""

from __future__ import annotations

import os
import re
import string

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

from config.api.openapi import description
from config.wsgi import application
from organizations.api.door import token_text
from tests.api.test_description import api_routes
from tests.cast import make_organization
from tests.tally import count

# schemathesis draws from `random` inside its own strategies now and then; Hypothesis says so, and it is not ours to change.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Do not use the .random. module:hypothesis.errors.HypothesisDeprecationWarning"
)
TIMES = int(os.environ.get("ATTESTRY_FUZZ", "1"))
BOUNDED = settings(max_examples=40 * TIMES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
UUID = "01890000-0000-7000-8000-000000000000"
# It replaces our token by one of its own making and takes our answer to ours for acceptance; tests/api/test_door.py asks that.
# Additional query parameters are refused by us on purpose, which the other check reads as positive data.
NOT_HERE = [ignored_auth, negative_data_rejection]
counted = {"inputs": 0}


@pytest.fixture(scope="module")
def door() -> tuple[str, str]:
    """Slug and writing token of one organization for all examples of a module."""
    from django.db import connection

    organization = make_organization()
    with organization.owner.bound(), connection.cursor() as cursor:
        cursor.execute("select sec.new_api_token('fuzz', 'api_write', '1 day')")
        return organization.slug, token_text(bytes(cursor.fetchone()[0]))


@pytest.fixture(scope="module", autouse=True)
def _counted():
    yield
    count("malformed API inputs answered without a 5xx", counted["inputs"])


schema = schemathesis.openapi.from_dict(description())
schema.app = application
queries = st.text(st.characters(codec="utf-8"), max_size=60) | st.from_regex(
    r"(limit|cursor|stream|before|state)=.{0,30}", fullmatch=True
)
bodies = st.binary(max_size=200) | st.text(string.printable, max_size=200).map(str.encode)


def assert_answered(response) -> None:
    counted["inputs"] += 1
    assert response.status_code < 500, response.content[:300]
    if response.status_code >= 400:
        assert response["Content-Type"].startswith("application/problem+json")


def real(path: str, slug: str) -> str:
    filled = re.sub(r"<uuid:\w+>", UUID, path)
    filled = re.sub(r"<int:\w+>", "99999999", filled)
    return f"/api/v1/o/{slug}/" + re.sub(r"<[^>]+>", "XX-99", filled)


@pytest.mark.parametrize("path", api_routes())
@BOUNDED
@given(query=queries, body=bodies, method=st.sampled_from(["get", "post", "put", "delete", "patch"]))
def test_raw_nonsense_is_refused(door: tuple[str, str], path: str, query: str, body: bytes, method: str) -> None:
    slug, token = door
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
    call = getattr(client, method)
    extra = {} if method == "get" else {"data": body, "content_type": "application/json"}
    assert_answered(call(real(path, slug), QUERY_STRING=query.encode("utf-8", "replace").decode("latin-1"), **extra))


@schema.parametrize()
@BOUNDED
def test_what_the_description_generates_is_answered(case: schemathesis.Case, door: tuple[str, str]) -> None:
    slug, token = door
    if "slug" in (case.path_parameters or {}):
        case.path_parameters["slug"] = slug
    if case.query:
        case.query.pop("cursor", None)  # opaque: no schema can make one, and nonsense is sent by the test above
    response = case.call(headers={"Authorization": f"Bearer {token}"})
    counted["inputs"] += 1
    case.validate_response(response, excluded_checks=NOT_HERE)
    assert response.status_code < 500
