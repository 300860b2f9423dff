"""The projections can be thrown away: the ledgers give them back, without a difference."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from compliance.models import CurrentOutcome
from compliance.services.rebuild import rebuild
from inventory.models import CurrentFact
from tests.compliance.judged import pulled
from tests.evidence.pages import received, seal
from tests.inventory.readings import NOON, account_fact, bucket, credential_row

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REPORT = "aws.iam.credential_report"


def story(connection) -> None:
    """Everything that a projection can be wrong about."""
    turns = NOON + 30 * HOUR
    key = {"access_key_1_active": True, "access_key_1_last_rotated": (turns - 90 * DAY).isoformat()}
    root = credential_row("<root_account>", password_last_used=(NOON - DAY).isoformat())
    public = {"policy_is_public": True, "block_public": None}
    pulled(account_fact(), connection=connection, stream="aws.iam.summary")
    pulled(
        root, credential_row("ci", **key), credential_row("ana", mfa_active=False), connection=connection, stream=REPORT
    )
    pulled(bucket("a"), bucket("b", **public), bucket("c"), bucket("d"), connection=connection)
    pulled(
        bucket("a", versioning="Off"),
        bucket("b", **public),
        bucket("c"),
        bucket("d"),
        connection=connection,
        at=NOON + DAY,
    )
    pulled(bucket("a", acl_public={"unknown": "AccessDenied"}), bucket("b"), bucket("c", versioning="Off"), bucket("e"),
           connection=connection, at=NOON + 2 * DAY, outcome="partial")  # fmt: skip
    pulled(
        root,
        credential_row("ci", **key),
        credential_row("ana"),
        connection=connection,
        at=NOON + 2 * DAY,
        stream=REPORT,
    )


@pytest.mark.parametrize("settled", [False, True])
def test_the_ledgers_give_the_projections_back_without_a_difference(organization, settled):
    connection = uuid4()
    with organization.job(connection_id=connection):
        story(connection)
        if settled:
            pulled(bucket("b"), bucket("c", versioning="Off"), bucket("e"), connection=connection, at=NOON + 3 * DAY)
        assert rebuild().differences == ()


def test_a_projection_that_was_thrown_away_comes_back_the_same(organization):
    connection = uuid4()
    with organization.job(connection_id=connection):
        story(connection)
        before = said()
        CurrentOutcome.objects.all().delete()
        CurrentFact.objects.all().delete()
        rebuilt = rebuild()
        assert len(rebuilt.differences) == rebuilt.facts + rebuilt.outcomes == len(before)
        assert said() == before
        assert rebuild().differences == ()


def test_a_row_that_was_tampered_with_is_named_and_mended(organization):
    connection = uuid4()
    with organization.job(connection_id=connection):
        story(connection)
        CurrentOutcome.objects.filter(outcome="fail", check_id="aws.s3.bucket_not_public").update(outcome="pass")
        assert rebuild().differences == ("aws.s3.bucket_not_public 310000000101/b",)


def test_the_command_says_what_differed_and_fails_then(organization):
    connection = uuid4()
    seal(organization, received())
    with organization.job(connection_id=connection):
        story(connection)
        CurrentFact.objects.filter(key="310000000101/d").delete()
    with pytest.raises(CommandError, match="1 rows differed"):
        call_command("rebuild", organization=organization.slug, stdout=StringIO())
    told = StringIO()
    call_command("rebuild", organization=organization.slug, stdout=told)
    assert "no difference" in told.getvalue()


def said():
    outcomes = CurrentOutcome.objects.values_list(
        "check_id", "resource_key", "outcome", "reason", "seal", "fact_id", "flip_id", "since", "valid_until"
    )
    facts = CurrentFact.objects.values_list("kind", "key", "digest", "version_id")
    return sorted(map(str, [*outcomes, *facts]))
