"""What a pull changed becomes outcomes, flips and events; what it did not change becomes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from compliance.models import CheckInForce, CheckParameters, CurrentOutcome, Event, Flip
from compliance.services import adopt_controls, open_register, record_approval, rejudge
from inventory.types import SeenFact
from tests.compliance.judged import events, flips, outcomes, pulled
from tests.inventory.readings import NOON, bucket, credential_row

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BUCKETS, KEYS, MFA, ROOT = (
    "aws.s3.bucket_not_public",
    "aws.iam.access_key_age",
    "aws.iam.user_mfa",
    "aws.iam.root_not_used",
)
REPORT = "aws.iam.credential_report"


@pytest.fixture
def connection():
    return uuid4()


@pytest.fixture
def bound(organization, connection):
    with organization.job(task="pull", connection_id=connection) as scope:
        yield scope


def key(rotated: datetime, *, active: bool = True, user: str = "ci", **payload):
    return credential_row(user, access_key_1_active=active, access_key_1_last_rotated=rotated.isoformat(), **payload)


def test_the_first_pull_gives_every_listed_resource_an_outcome(bound, connection):
    judged = pulled(bucket("a"), bucket("b", acl_public=True, block_public=None), connection=connection)
    assert outcomes(BUCKETS) == {"a": "pass", "b": "fail"}
    assert (judged.outcomes, judged.flips, judged.events) == (2, 2, 0)


def test_an_unchanged_pull_writes_no_outcome_and_no_flip(bound, connection):
    pulled(bucket("a"), connection=connection)
    judged = pulled(bucket("a", seal=99), connection=connection, at=NOON + DAY)
    assert (judged.outcomes, judged.flips, judged.events) == (0, 0, 0)
    assert (Flip.objects.count(), CurrentOutcome.objects.count(), CheckInForce.objects.count()) == (1, 1, 1)


def test_a_flip_cites_the_seal_and_every_version(organization, connection):
    with organization.owner.bound():
        adopt_controls(keys=["NET-01", "DAT-01", "AC-02"])
    with organization.job(connection_id=connection):
        pulled(bucket("a"), connection=connection)
        pulled(bucket("a", seal=31, policy_is_public=True, block_public=None), connection=connection, at=NOON + DAY)
        flip = Flip.objects.get(outcome="fail")
        assert (flip.before, flip.seal, flip.observed_at, flip.failing_since) == ("pass", 31, NOON + DAY, NOON + DAY)
        assert len(flip.check_version) == len(flip.parameters_version) == 12
        assert (flip.scope_version, flip.control_versions) == (1, {"NET-01": 1, "DAT-01": 1})
        assert flip.reason == "Bucket a (account 310000000101) is public by policy, and it is not on the approved list"


def test_a_change_that_keeps_the_outcome_is_no_flip_but_cites_the_new_fact(bound, connection):
    pulled(bucket("a", seal=5), connection=connection)
    judged = pulled(bucket("a", seal=6, versioning="Off"), connection=connection, at=NOON + DAY)
    row = CurrentOutcome.objects.get()
    assert (judged.flips, judged.outcomes, row.seal, row.since) == (0, 1, 6, NOON)


def test_a_partial_pull_may_flip_to_fail_and_never_to_pass(bound, connection):
    pulled(bucket("a"), bucket("b", acl_public=True, block_public=None), connection=connection)
    pulled(bucket("a", policy_is_public=True, block_public=None), bucket("b"), bucket("new"),
           connection=connection, at=NOON + DAY, outcome="partial")  # fmt: skip
    assert outcomes(BUCKETS) == {"a": "fail", "b": "fail"}


def test_the_complete_pull_after_a_partial_one_judges_what_the_partial_one_left(bound, connection):
    pulled(bucket("b", acl_public=True, block_public=None), connection=connection)
    pulled(bucket("b"), bucket("new"), connection=connection, at=NOON + DAY, outcome="partial")
    judged = pulled(bucket("b"), bucket("new"), connection=connection, at=NOON + 2 * DAY)
    assert outcomes(BUCKETS) == {"b": "pass", "new": "pass"}
    assert flips(BUCKETS)[1:] == [(NOON + 2 * DAY, "b", "fail", "pass"), (NOON + 2 * DAY, "new", "", "pass")]
    assert judged.flips == 2


def test_a_field_that_could_not_be_read_is_unknown_and_names_itself(bound, connection):
    pulled(bucket("a", acl_public={"unknown": "s3:GetBucketAcl: AccessDenied"}), connection=connection)
    row = CurrentOutcome.objects.get()
    assert row.outcome == "unknown"
    assert row.reason == "a (account 310000000101): acl_public could not be read: s3:GetBucketAcl: AccessDenied"


def test_an_unknown_answer_does_not_end_a_failure(bound, connection):
    pulled(bucket("a", acl_public=True, block_public=None), connection=connection)
    pulled(bucket("a", acl_public={"unknown": "AccessDenied"}), connection=connection, at=NOON + DAY)
    pulled(bucket("a"), connection=connection, at=NOON + 2 * DAY)
    assert [(f.outcome, f.failing_since) for f in Flip.objects.order_by("observed_at")] == [
        ("fail", NOON), ("unknown", NOON), ("pass", None),
    ]  # fmt: skip


def test_a_resource_that_is_gone_has_its_line_closed(bound, connection):
    four = [bucket(n) for n in "abcd"]
    pulled(*four, connection=connection)
    pulled(*four[:3], connection=connection, at=NOON + DAY, seals=(77,))
    assert flips(BUCKETS)[-1] == (NOON + DAY, "d", "pass", "gone")
    assert Flip.objects.get(outcome="gone").seal == 77
    assert outcomes(BUCKETS) == dict.fromkeys("abc", "pass")


def test_other_parameters_judge_every_fact_again_and_are_recorded(bound, connection):
    pulled(key(NOON - 80 * DAY), connection=connection, stream=REPORT)
    assert outcomes(KEYS) == {"ci": "pass"}
    CheckParameters.objects.create(
        check_id=KEYS, version=1, values={"max_age_days": 60}, effective_at=NOON, actor_id=uuid4()
    )
    pulled(key(NOON - 80 * DAY), connection=connection, at=NOON + DAY, stream=REPORT)
    assert outcomes(KEYS) == {"ci": "fail"}
    rows = CheckInForce.objects.filter(check_id=KEYS).order_by("observed_at")
    assert [row.parameters["max_age_days"] for row in rows] == [90, 60]


# --- time alone ---------------------------------------------------------------


def test_a_key_that_turns_too_old_between_two_pulls_fails_from_that_minute(bound, connection):
    turns = NOON + 10 * HOUR
    first = pulled(key(turns - 90 * DAY), connection=connection, stream=REPORT)
    assert first.rejudge_at == turns
    second = pulled(key(turns - 90 * DAY), connection=connection, at=NOON + DAY, stream=REPORT)
    assert flips(KEYS) == [(NOON, "ci", "", "pass"), (turns, "ci", "pass", "fail")]
    assert second.rejudge_at is None


def test_a_key_that_was_rotated_before_its_limit_never_failed(bound, connection):
    turns = NOON + 10 * HOUR
    pulled(key(turns - 90 * DAY), connection=connection, stream=REPORT)
    pulled(key(turns - HOUR), connection=connection, at=NOON + DAY, stream=REPORT)
    assert [f[3] for f in flips(KEYS)] == ["pass"]


def test_a_key_that_was_rotated_after_its_limit_failed_until_then(bound, connection):
    turns = NOON + 10 * HOUR
    pulled(key(turns - 90 * DAY), connection=connection, stream=REPORT)
    pulled(key(turns + HOUR), connection=connection, at=NOON + DAY, stream=REPORT)
    assert flips(KEYS)[1:] == [(turns, "ci", "pass", "fail"), (turns + HOUR, "ci", "fail", "pass")]


def test_a_key_that_was_switched_off_at_a_time_nobody_knows_is_not_observed_from_its_limit(bound, connection):
    turns = NOON + 10 * HOUR
    pulled(key(turns - 90 * DAY), connection=connection, stream=REPORT)
    pulled(key(turns - 90 * DAY, active=False), connection=connection, at=NOON + DAY, stream=REPORT)
    assert flips(KEYS)[1:] == [(turns, "ci", "pass", "unknown"), (NOON + DAY, "ci", "unknown", "not_applicable")]


def test_a_stream_without_a_check_keeps_the_moment_at_which_time_alone_changes_something(bound, connection):
    turns = NOON + 10 * HOUR
    pulled(key(turns - 90 * DAY), connection=connection, stream=REPORT)
    user = SeenFact(kind="aws_iam_user", key="310000000101/ana", payload={"name": "ana"}, seal=1)
    judged = pulled(user, connection=connection, at=NOON + HOUR, stream="aws.iam.authorization_details")
    assert (judged.rejudge_at, judged.outcomes) == (turns, 0)


def test_rejudging_writes_nothing_and_names_the_stream_to_read_again(bound, connection):
    turns = NOON + 10 * HOUR
    pulled(key(turns - 90 * DAY), key(turns - 80 * DAY, user="bot"), connection=connection, stream=REPORT)
    before = Flip.objects.count()
    assert rejudge(connection_id=connection, at=turns - HOUR).read_again == ()
    judged = rejudge(connection_id=connection, at=turns)
    assert (judged.read_again, judged.rejudge_at) == ((REPORT,), turns + 10 * DAY)
    assert Flip.objects.count() == before


# --- events -------------------------------------------------------------------

USED = datetime(2026, 8, 20, 7, 30, tzinfo=UTC)


def root(**payload):
    return credential_row("<root_account>", **payload)


def test_each_new_use_of_root_is_one_event_at_its_own_time(bound, connection):
    pulled(root(password_last_used=USED.isoformat()), connection=connection, stream=REPORT)
    later = (USED + DAY).isoformat()
    pulled(root(password_last_used=later), connection=connection, at=NOON + DAY, stream=REPORT)
    judged = pulled(
        root(password_last_used=later, mfa_active=False), connection=connection, at=NOON + 2 * DAY, stream=REPORT
    )
    assert events(ROOT) == [(USED, "unknown", 1), (USED + DAY, "unknown", 1)]
    assert judged.events == 0


def test_a_root_use_without_an_approvals_register_is_unknown_and_says_so(bound, connection):
    pulled(root(password_last_used=USED.isoformat()), connection=connection, stream=REPORT)
    event = Event.objects.get()
    assert (event.outcome, event.occurred_at, event.observed_at) == ("unknown", USED, NOON)
    assert event.reason.endswith("the approvals register is not kept here")


def test_a_root_use_is_judged_against_the_register_as_it_was_at_its_time(organization, connection):
    with organization.owner.bound():
        opened_at = open_register(register="approvals")
        record_approval(subject="310000000101", reason="Change the billing contact", ends_at=opened_at + 2 * HOUR)
    with organization.job(connection_id=connection):
        uses = {
            "password_last_used": opened_at + HOUR,
            "access_key_1_last_used": opened_at + 3 * HOUR,
            "access_key_2_last_used": opened_at - HOUR,
        }
        pulled(
            root(**{k: v.isoformat() for k, v in uses.items()}),
            connection=connection,
            at=opened_at + DAY,
            stream=REPORT,
        )
        assert [outcome for _at, outcome, _n in events(ROOT)] == ["unknown", "pass", "fail"]


def test_the_root_row_is_the_whole_population_of_root_use(bound, connection):
    pulled(root(), credential_row("ana"), connection=connection, stream=REPORT)
    assert outcomes(ROOT) == {["arn:aws:iam::310000000101:root"][-1]: "not_applicable"}
    assert outcomes(MFA) == {"arn:aws:iam::310000000101:root": "not_applicable", "ana": "pass"}


# --- counts -------------------------------------------------------------------


def test_the_number_of_queries_does_not_depend_on_the_number_of_facts(organization):
    taken = []
    for size in (10, 1000):
        connection = uuid4()
        with organization.job(connection_id=connection):
            pulled(*[bucket(f"b{n}") for n in range(size)], connection=connection)
            public = [bucket(f"b{n}", acl_public=True, block_public=None) for n in range(size)]
            with CaptureQueriesContext(connections["default"]) as queries:
                assert pulled(*public, connection=connection, at=NOON + DAY).flips == size
            taken.append(len(queries))
    assert taken[0] == taken[1] <= 16


def test_an_unchanged_pull_takes_few_queries(bound, connection):
    pulled(*[bucket(f"b{n}") for n in range(100)], connection=connection)
    with CaptureQueriesContext(connections["default"]) as queries:
        pulled(*[bucket(f"b{n}") for n in range(100)], connection=connection, at=NOON + DAY)
    assert len(queries) == 7
