"""A connection's secret: one key each, bound to its exact place, opened by its own worker, never shown again."""

from __future__ import annotations

import pytest
from django.db import connections

from config import pipeline
from integrations import selectors, services
from integrations.errors import CredentialRefused
from integrations.models import Connection, ConnectionSecret
from integrations.services.connect import change_origin
from integrations.services.secrets import open_secret
from tests.integrations.conftest import ACCOUNT, Desk


@pytest.fixture
def keyed(cast, stand_in, settings) -> Desk:
    """Alice has connected the stand-in with an access key."""
    settings.AWS_ENDPOINT = stand_in.url
    key = stand_in.trust.account(ACCOUNT)
    with cast.alice.bound():
        connection_id = services.connect_aws(
            name="Keys",
            region="eu-central-1",
            access_key_id=key["key_id"],
            secret_access_key=key["key_secret"],
            test=False,
        )
    return Desk(cast=cast, connection_id=connection_id)


def _open(desk: Desk, *, origin: str, task: str = "pull", connection_id=None):
    with desk.cast.job(task=task, connection_id=connection_id or desk.connection_id):
        return open_secret(Connection.objects.get(id=desk.connection_id), origin=origin)


def test_a_pull_with_an_access_key_pins_the_account_and_notes_the_use(keyed):
    keyed.make_due()
    for job in keyed.claim():
        pipeline.pull.run(job)
    with keyed.cast.alice.bound():
        view = selectors.connection(keyed.connection_id)
    assert (view.account, view.condition) == (ACCOUNT, "working")
    assert view.secret_used_at is not None


def test_only_the_worker_of_this_connection_finds_the_ciphertext(keyed, desk, stand_in):
    assert set(_open(keyed, origin=stand_in.url)) == {"access_key_id", "secret_access_key"}
    with keyed.cast.alice.bound():
        assert list(ConnectionSecret.objects.all()) == []
    with pytest.raises(CredentialRefused):
        _open(keyed, origin=stand_in.url, connection_id=desk.connection_id)


def test_another_origin_gets_nothing_and_changing_the_origin_destroys_the_secret(keyed, stand_in):
    with pytest.raises(CredentialRefused):
        _open(keyed, origin="http://127.0.0.1:9")
    with keyed.cast.alice.bound():
        change_origin(Connection.objects.get(id=keyed.connection_id), "http://127.0.0.1:9")
    for origin in ("http://127.0.0.1:9", stand_in.url):
        assert _open(keyed, origin=origin) == {}
    with keyed.cast.alice.bound():
        assert not selectors.connection(keyed.connection_id).has_secret


def test_a_moved_ciphertext_or_an_older_version_does_not_open(keyed, stand_in):
    with keyed.cast.alice.bound():
        services.rotate_secret(keyed.connection_id, access_key_id="AKIAOTHER0000000000", secret_access_key="x" * 40)
    assert _open(keyed, origin=stand_in.url)["access_key_id"] == "AKIAOTHER0000000000"
    with keyed.cast.job(connection_id=keyed.connection_id), connections["default"].cursor() as cursor:
        cursor.execute("select version, length(ciphertext) > 0 from integrations_connectionsecret order by version")
        assert cursor.fetchall() == [(1, False), (2, True)]
        cursor.execute("update integrations_connection set secret_version = 1 where id = %s", [keyed.connection_id])
        from evidence.errors import KeyUnavailable

        with pytest.raises((CredentialRefused, KeyUnavailable)):
            open_secret(Connection.objects.get(id=keyed.connection_id), origin=stand_in.url)


def test_a_wrong_key_ends_in_one_sentence_and_nothing_is_observed(keyed, stand_in):
    with keyed.cast.alice.bound():
        services.rotate_secret(keyed.connection_id, access_key_id="ASIAWRONG00000000000", secret_access_key="y" * 40)
    keyed.make_due()
    for job in keyed.claim():
        pipeline.pull.run(job)
    page = keyed.cast.alice.client().get(f"/o/{keyed.cast.a.slug}/connections/{keyed.connection_id}/")
    assert page.status_code == 200
    assert "AWS does not accept this connection&#x27;s credential. Rotate the secret" in page.content.decode()
    assert "y" * 40 not in page.content.decode()
    with keyed.cast.alice.bound():
        assert selectors.connection(keyed.connection_id).condition == "failing"


def test_access_keys_are_refused_where_there_is_no_stand_in(cast, settings):
    settings.AWS_ENDPOINT = ""
    form = {
        "name": "P",
        "region": "eu-central-1",
        "access_key_id": "AKIA0000000000000000",
        "secret_access_key": "x" * 40,
    }
    page = cast.alice.client().post(f"/o/{cast.a.slug}/connect/", form)
    assert page.status_code == 422
    with cast.alice.bound():
        assert selectors.connections() == ()
