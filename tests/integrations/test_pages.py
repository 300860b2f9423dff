"""Connecting, testing and looking after a connection on the pages."""

from __future__ import annotations

import re

import pytest

from config import pipeline
from integrations import selectors, services

ROLE = "arn:aws:iam::310000000101:role/AttestryAudit"


def _main(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode().partition("<main")[2])


@pytest.fixture(autouse=True)
def _stand_in(settings, stand_in):
    settings.AWS_ENDPOINT = stand_in.url


def test_an_empty_list_says_what_is_next(cast):
    page = cast.alice.client().get(f"/o/{cast.a.slug}/connections/")
    assert page.status_code == 200
    assert "No system is connected yet." in _main(page)


def test_the_connect_page_gives_the_policies_to_paste_with_the_organizations_own_external_id(cast):
    page = _main(cast.alice.client().get(f"/o/{cast.a.slug}/connect/"))
    assert f"attestry-{cast.a.id}" in page
    assert "iam:GetCredentialReport" in page
    assert "s3:GetObject" not in page


def test_bob_may_pull_but_not_connect(cast, desk):
    client = cast.bob.client()
    assert client.get(f"/o/{cast.a.slug}/connect/").status_code == 403
    assert client.post(f"/o/{cast.a.slug}/connections/{desk.connection_id}/end/").status_code == 403
    assert client.post(f"/o/{cast.a.slug}/connections/{desk.connection_id}/pull/").status_code == 302


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"region": "mars-north-1"}, "There is no AWS region of this name. Use a name like eu-central-1."),
        ({"role_arn": "arn:aws:iam::12:role/x"}, "This is not the ARN of an AWS role."),
        ({"role_arn": "", "access_key_id": "short", "secret_access_key": "x"}, "This is not an access key id."),
        ({"name": "\u202e"}, "The connection needs a name."),
    ],
)
def test_bad_input_gets_one_sentence_that_says_what_to_do(cast, change, sentence):
    form = {"name": "Production", "region": "eu-central-1", "role_arn": ROLE} | change
    page = cast.alice.client().post(f"/o/{cast.a.slug}/connect/", form)
    assert page.status_code == 422
    assert sentence in _main(page)


def test_a_new_connection_is_tested_and_shows_what_it_can_do(cast, stand_in):
    client = cast.alice.client()
    with cast.alice.bound():
        stand_in.trust.trust("310000000101", services.external_id())
    made = client.post(f"/o/{cast.a.slug}/connect/", {"name": "Production", "region": "eu-central-1", "role_arn": ROLE})
    assert made.status_code == 302
    address = made["Location"]
    assert "The test is running." in _main(client.get(address))
    from tests.integrations.conftest import Desk

    with cast.alice.bound():
        connection_id = selectors.connections()[0].id
    (job,) = Desk(cast, connection_id).claim("probe")
    pipeline.probe.run(job)
    page = _main(client.get(address))
    assert "Every permission is granted." in page
    assert "iam:GetAccountAuthorizationDetails" in page
    assert len(Desk(cast, connection_id).claim("pull")) == 4


def test_a_connection_of_another_organization_answers_like_a_missing_one(cast, desk):
    foreign = cast.mallory.client().get(f"/o/{cast.b.slug}/connections/{desk.connection_id}/")
    missing = cast.mallory.client().get(f"/o/{cast.b.slug}/connections/0198c0de-0000-7000-8000-000000000000/")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    for act in ("test", "pull", "clear", "end", "secret"):
        assert (
            cast.mallory.client()
            .post(f"/o/{cast.b.slug}/connections/{desk.connection_id}/{act}/", {"stream": "aws.s3.buckets"})
            .status_code
            == 404
        )
