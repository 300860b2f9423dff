"""What "test connection" finds out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integrations.connectors.aws import session as aws_session
from integrations.connectors.aws.probe import probe
from integrations.connectors.aws.spec import AwsAccess, policy_document
from tests.integrations.conformance.proxy import FaultProxy
from tests.integrations.conftest import ACCOUNT

ACCESS = AwsAccess(
    region="eu-central-1", role_arn=f"arn:aws:iam::{ACCOUNT}:role/AttestryAudit", external_id="ours", account=ACCOUNT
)


@pytest.fixture
def proxy(stand_in):
    stand_in.trust.trust(ACCOUNT, "ours")
    running = FaultProxy(stand_in.url).start()
    yield running
    running.stop()


def test_a_missing_permission_is_named_with_what_the_gap_costs(proxy):
    proxy.use(lambda e: e.error("AccessDenied", 403) if e.operation == "GetBucketAcl" else e)
    found = probe(replace(ACCESS, endpoint=proxy.url))
    (missing,) = [item for item in found.items if item.granted is False]
    assert (missing.action, missing.note) == (
        "s3:GetBucketAcl",
        "It is unknown whether an access list makes a bucket public.",
    )
    assert found.ok is False
    assert found.sentence == "1 of 11 permissions are missing."


def test_another_accounts_answer_is_refused(proxy):
    found = probe(replace(ACCESS, endpoint=proxy.url, account="999999999999"))
    assert (found.ok, found.items) == (False, ())
    assert "another AWS account" in found.sentence


def test_a_role_that_anybody_may_assume_is_not_accepted_outside_a_stand_in(monkeypatch):
    """Our own stub: the stand-in would not show it."""
    calls: list[object] = []

    def assume(self, *, external_id):
        calls.append(external_id)
        return {"aws_access_key_id": "a", "aws_secret_access_key": "b", "aws_session_token": "c"}

    def opened(self):
        self.account, self.identity = ACCOUNT, "arn:aws:sts::x"

    monkeypatch.setattr(aws_session.AwsSession, "assume", assume)
    monkeypatch.setattr(aws_session.AwsSession, "open", opened)
    found = probe(ACCESS)
    assert calls == [None]
    assert (found.ok, found.sentence) == (False, "The role can be assumed without the external id.")


def test_no_request_leaves_for_a_host_that_is_not_aws():
    from types import SimpleNamespace

    from integrations.connectors.aws.transport import RecordingTransport
    from integrations.errors import Unreachable

    transport = RecordingTransport(endpoint="", record=lambda answer: None)
    for url in (
        "http://sts.amazonaws.com/", "https://amazonaws.com.evil.test/", "https://169.254.169.254/", "https://sts.amazonaws.com:8443/",
        "https://x@sts.amazonaws.com/", "https://evilamazonaws.com/", "https://[::1]/",
    ):  # fmt: skip
        with pytest.raises(Unreachable):
            transport.handle(SimpleNamespace(url=url, method="GET"), "before-send.sts.GetCallerIdentity")


def test_the_policy_reads_settings_and_no_data():
    (statement,) = policy_document()["Statement"]
    assert len(statement["Action"]) == 11
    assert not [
        a
        for a in statement["Action"]
        if a.partition(":")[2].startswith(("Put", "Create", "Delete", "Update", "Attach"))
    ]
    assert "s3:GetObject" not in statement["Action"]
