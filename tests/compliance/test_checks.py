"""Every outcome that each check's rule can give, at the edges of the rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from compliance.catalog import load
from compliance.checks.registry import CHECKS, evaluate
from compliance.checks.types import Approval, Context, Fact, Register
from compliance.checks.versions import code_version, parameters_version
from tests.inventory.readings import account_fact, bucket, credential_row

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
UNREAD = {"unknown": "AccessDenied"}


def judged(check_id, seen, *, at=NOW, registers=None, **parameters):
    fact = Fact(kind=seen.kind, key=seen.key, payload=seen.payload, observed_at=at)
    values = {**load.checks()[check_id].parameters, **parameters}
    return evaluate(CHECKS[check_id], fact, Context(at=at, parameters=values, registers=registers or {}))


def without(seen, name):
    return type(seen)(
        kind=seen.kind, key=seen.key, payload={k: v for k, v in seen.payload.items() if k != name}, seal=seen.seal
    )


def test_every_check_is_in_the_catalog_with_a_text_and_judges_a_known_stream():
    for check_id, check in CHECKS.items():
        assert check_id in load.checks()
        assert load.how_and_why()[check_id].how
        assert load.how_and_why()[check_id].why
        assert set(check.streams) <= load.streams().keys()


def test_every_reason_names_its_resource():
    for check_id, seen in (
        ("aws.iam.root_mfa", account_fact()), ("aws.iam.user_mfa", credential_row("ana")),
        ("aws.iam.access_key_age", credential_row("ana")), ("aws.s3.bucket_not_public", bucket("logs")),
        ("aws.iam.root_not_used", credential_row("<root_account>")),
    ):  # fmt: skip
        reason = judged(check_id, seen).reason
        assert "310000000101" in reason
        assert (
            seen.payload.get("name", seen.payload.get("user", "")).strip("<>").split("_")[0].lower() in reason.lower()
        )
        assert "arn:" not in reason


# --- aws.iam.root_mfa ---------------------------------------------------------

SERIAL = "arn:aws:iam::310000000101:mfa/root-account-mfa-device"


@pytest.mark.parametrize(
    ("seen", "hardware", "outcome"),
    [
        (account_fact(), False, "pass"),
        (account_fact(virtual_mfa_serials=[SERIAL]), False, "pass"),
        (account_fact(virtual_mfa_serials=[SERIAL]), True, "fail"),
        (account_fact(virtual_mfa_serials=[SERIAL + "-2"]), True, "pass"),
        (account_fact(virtual_mfa_serials=["arn:aws:iam::310000000101:mfa/ana"]), True, "pass"),
        (account_fact(account_mfa_enabled=0), False, "fail"),
        (account_fact(account_mfa_enabled=0, organization_member=False), False, "fail"),
        (
            account_fact(account_mfa_enabled=0, organization_member=True, root_credentials_removed=True),
            False,
            "not_applicable",
        ),
        (account_fact(account_mfa_enabled=0, organization_member=True, root_credentials_removed=False), False, "fail"),
        (
            account_fact(account_mfa_enabled=0, organization_member=True, root_credentials_removed=UNREAD),
            False,
            "unknown",
        ),
        (account_fact(account_mfa_enabled=0, organization_member=True), False, "unknown"),
        (account_fact(account_mfa_enabled=0, organization_member=UNREAD), False, "unknown"),
        (account_fact(account_mfa_enabled=1, organization_member=True, root_credentials_removed=UNREAD), False, "pass"),
        (account_fact(account_mfa_enabled=True), False, "unknown"),
        (account_fact(account_mfa_enabled="1"), False, "unknown"),
        (account_fact(account_mfa_enabled=2), False, "unknown"),
        (account_fact(account_mfa_enabled=None), False, "unknown"),
        (account_fact(account_mfa_enabled=UNREAD), False, "unknown"),
        (without(account_fact(), "account_mfa_enabled"), False, "unknown"),
        (account_fact(virtual_mfa_serials=UNREAD), True, "unknown"),
        (account_fact(virtual_mfa_serials=UNREAD), False, "pass"),
        (account_fact(virtual_mfa_serials=[7]), True, "unknown"),
    ],
)
def test_root_mfa(seen, hardware, outcome):
    assert judged("aws.iam.root_mfa", seen, require_hardware=hardware).outcome == outcome


# --- aws.iam.user_mfa ---------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (credential_row("ana"), "pass"),
        (credential_row("ana", mfa_active=False), "fail"),
        (credential_row("ana", password_enabled=False, mfa_active=False), "not_applicable"),
        (credential_row("ana", password_enabled=False, mfa_active=UNREAD), "not_applicable"),
        (credential_row("<root_account>", mfa_active=False), "not_applicable"),
        (credential_row("ana", password_enabled="not_supported"), "unknown"),
        (credential_row("ana", password_enabled=UNREAD), "unknown"),
        (credential_row("ana", password_enabled="true"), "unknown"),
        (credential_row("ana", password_enabled=1), "unknown"),
        (credential_row("ana", mfa_active=UNREAD), "unknown"),
        (credential_row("ana", mfa_active=None), "unknown"),
        (credential_row("ana", is_root=UNREAD), "unknown"),
        (without(credential_row("ana"), "mfa_active"), "unknown"),
        (without(credential_row("ana"), "password_enabled"), "unknown"),
    ],
)
def test_user_mfa(seen, outcome):
    assert judged("aws.iam.user_mfa", seen).outcome == outcome


# --- aws.iam.access_key_age ---------------------------------------------------


def keys(one=None, two=None, **payload):
    """A row whose keys were rotated at these moments; None is an inactive key."""
    values = {}
    for n, rotated in ((1, one), (2, two)):
        values |= {f"access_key_{n}_active": rotated is not None}
        values |= {f"access_key_{n}_last_rotated": rotated.isoformat() if isinstance(rotated, datetime) else rotated}
    return credential_row("ci", **{**values, **payload})


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (keys(NOW - 90 * DAY + SECOND), "pass"),
        (keys(NOW - 90 * DAY), "fail"),
        (keys(NOW - 90 * DAY - SECOND), "fail"),
        (keys(NOW - DAY, NOW - 91 * DAY), "fail"),
        (keys(None, NOW - 91 * DAY), "fail"),
        (keys(), "not_applicable"),
        (keys(access_key_1_last_rotated=(NOW - 300 * DAY).isoformat()), "not_applicable"),
        (keys(NOW + DAY), "pass"),
        (keys("N/A"), "unknown"),
        (keys("2026-08-01T00:00:00"), "unknown"),
        (keys(NOW, access_key_1_last_rotated=None), "unknown"),
        (keys(NOW, access_key_1_last_rotated=UNREAD), "unknown"),
        (keys(NOW, access_key_2_active=UNREAD), "unknown"),
        (keys(NOW, access_key_2_active="false"), "unknown"),
        (keys(NOW - 91 * DAY, access_key_2_active=UNREAD), "fail"),
        (without(keys(NOW), "access_key_2_active"), "unknown"),
        (credential_row("<root_account>", access_key_1_active=True), "not_applicable"),
        (keys(is_root=None), "unknown"),
    ],
)
def test_access_key_age(seen, outcome):
    assert judged("aws.iam.access_key_age", seen).outcome == outcome


def test_a_young_key_is_valid_until_the_moment_it_turns_too_old():
    outcome = judged("aws.iam.access_key_age", keys(NOW - 10 * DAY, NOW - 40 * DAY))
    assert outcome.valid_until == NOW + 50 * DAY
    assert outcome.valid_from == NOW - 10 * DAY
    assert "it turns 90 days old on 21 Oct 2026, 12:00 UTC" in outcome.reason
    assert (
        judged("aws.iam.access_key_age", keys(NOW - 10 * DAY, NOW - 40 * DAY), at=outcome.valid_until).outcome == "fail"
    )


def test_an_old_key_is_named_with_its_age_limit():
    reason = judged("aws.iam.access_key_age", keys(NOW - 120 * DAY)).reason
    assert reason == (
        "Access key 1 of ci (account 310000000101) was last rotated on 4 May 2026, 12:00 UTC; the limit is 90 days"
    )


def test_the_age_limit_is_a_parameter():
    assert judged("aws.iam.access_key_age", keys(NOW - 60 * DAY), max_age_days=30).outcome == "fail"


# --- aws.s3.bucket_not_public -------------------------------------------------

OPEN = {"BlockPublicAcls": False, "IgnorePublicAcls": False, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}


@pytest.mark.parametrize(
    ("seen", "approved", "outcome"),
    [
        (bucket("a"), [], "pass"),
        (bucket("a", block_public=None), [], "pass"),
        (bucket("a", policy_is_public=False, block_public=None), [], "pass"),
        (bucket("a", policy_is_public=True, block_public=None), [], "fail"),
        (bucket("a", acl_public=True, block_public=None), [], "fail"),
        (bucket("a", policy_is_public=True), [], "pass"),
        (bucket("a", acl_public=True), [], "pass"),
        (bucket("a", policy_is_public=True, block_public={**OPEN, "IgnorePublicAcls": True}), [], "fail"),
        (bucket("a", policy_is_public=True, block_public={**OPEN, "BlockPublicPolicy": True}), [], "fail"),
        (bucket("a", acl_public=True, block_public={**OPEN, "RestrictPublicBuckets": True}), [], "fail"),
        (bucket("a", acl_public=True, block_public={**OPEN, "BlockPublicAcls": True}), [], "fail"),
        (bucket("a", policy_is_public=True, block_public=OPEN, classification="public"), ["a"], "pass"),
        (bucket("a", policy_is_public=True, block_public=OPEN, classification="customer"), ["a"], "fail"),
        (bucket("a", policy_is_public=True, block_public=OPEN), ["a"], "unknown"),
        (bucket("a", policy_is_public=True, block_public=OPEN, classification="public"), ["b"], "fail"),
        (bucket("a", policy_is_public=UNREAD), [], "unknown"),
        (bucket("a", acl_public=UNREAD), [], "unknown"),
        (bucket("a", block_public=UNREAD), [], "unknown"),
        (bucket("a", acl_public=None), [], "unknown"),
        (bucket("a", policy_is_public="false"), [], "unknown"),
        (bucket("a", block_public={"IgnorePublicAcls": True}), [], "unknown"),
        (bucket("a", block_public=True), [], "unknown"),
        (bucket("a", policy_is_public=True, acl_public=UNREAD, block_public=None), [], "fail"),
        (bucket("a", policy_is_public=True, block_public=UNREAD), [], "unknown"),
        (without(bucket("a"), "acl_public"), [], "unknown"),
        (without(bucket("a"), "name"), [], "unknown"),
    ],
)
def test_bucket_not_public(seen, approved, outcome):
    assert judged("aws.s3.bucket_not_public", seen, approved_public_buckets=approved).outcome == outcome


# --- aws.iam.root_not_used ----------------------------------------------------

USED = NOW - 3 * DAY
ROOT = "310000000101/arn:aws:iam::310000000101:root"


def root(**payload):
    return credential_row("<root_account>", **payload)


def register(*approvals, opened=NOW - 30 * DAY):
    return {"approvals": Register(opened_at=opened, approvals=approvals)}


def approval(at, *, subject="310000000101", reason="Close the old account", ends=None):
    return Approval(subject=subject, reason=reason, approved_at=at, ends_at=ends)


def event_of(registers, *, used=USED):
    (event,) = judged("aws.iam.root_not_used", root(password_last_used=used.isoformat()), registers=registers).events
    assert event.occurred_at == used
    return event.outcome


def test_root_that_was_never_used_has_no_event():
    outcome = judged("aws.iam.root_not_used", root(), registers=register())
    assert (outcome.outcome, outcome.events) == ("not_applicable", ())


def test_each_credential_of_root_that_was_used_is_an_event_and_the_same_minute_is_one():
    seen = root(
        password_last_used=USED.isoformat(),
        access_key_1_last_used=(USED + DAY).isoformat(),
        access_key_2_last_used=USED.isoformat(),
    )
    first, second = judged("aws.iam.root_not_used", seen, registers=register()).events
    assert (first.occurred_at, second.occurred_at) == (USED, USED + DAY)
    assert "password and access key 2" in first.reason


@pytest.mark.parametrize(
    ("registers", "outcome"),
    [
        ({}, "unknown"),
        (register(), "fail"),
        (register(approval(USED - SECOND)), "pass"),
        (register(approval(USED - SECOND, subject=ROOT)), "pass"),
        (register(approval(USED)), "fail"),
        (register(approval(USED + SECOND)), "fail"),
        (register(approval(USED - DAY, subject="310000000202")), "fail"),
        (register(approval(USED - DAY, reason="")), "fail"),
        (register(approval(USED - DAY, ends=USED + SECOND)), "pass"),
        (register(approval(USED - DAY, ends=USED)), "fail"),
        (register(opened=USED + SECOND), "unknown"),
        (register(opened=USED), "fail"),
    ],
)
def test_a_use_of_root_is_judged_against_the_register_at_its_time(registers, outcome):
    assert event_of(registers) == outcome


@pytest.mark.parametrize("field", ["password_last_used", "access_key_1_last_used", "access_key_2_last_used", "is_root"])
@pytest.mark.parametrize("value", [UNREAD, "yesterday", 7, "2026-08-01T00:00:00", "missing"])
def test_a_root_row_that_cannot_be_read_is_unknown(field, value):
    seen = without(root(), field) if value == "missing" else root(**{field: value})
    outcome = judged("aws.iam.root_not_used", seen, registers=register())
    assert (outcome.outcome, outcome.events) == ("unknown", ())


def test_only_the_root_row_is_in_the_population():
    check = CHECKS["aws.iam.root_not_used"]
    for seen, applies in ((root(), True), (credential_row("ana"), False), (credential_row("x", is_root=UNREAD), True)):
        assert check.applies(Fact(kind=seen.kind, key=seen.key, payload=seen.payload, observed_at=NOW)) is applies


# --- versions -----------------------------------------------------------------


def test_a_check_has_the_version_of_its_logic_and_not_of_its_comments(tmp_path):
    def version(text):
        (tmp_path / "check.py").write_text(text)
        return code_version(str(tmp_path / "check.py"))

    first = version('"""A."""\n\ndef judge(x):\n    return x > 90\n')
    assert version('"""B."""\n# why\ndef judge( x ):\n    """C."""\n    return x > 90\n') == first
    assert version("def judge(x):\n    return x > 91\n") != first


def test_parameters_have_the_version_of_their_values():
    assert (
        parameters_version({"a": 1, "b": [2]})
        == parameters_version({"b": [2], "a": 1})
        != parameters_version({"a": 1, "b": [3]})
    )


def test_the_outcomes_of_the_rule_are_the_outcomes_tested_here():
    tested = {
        "aws.iam.root_mfa": {"pass", "fail", "not_applicable", "unknown"}, "aws.iam.user_mfa": {"pass", "fail", "not_applicable", "unknown"},
        "aws.iam.access_key_age": {"pass", "fail", "not_applicable", "unknown"}, "aws.s3.bucket_not_public": {"pass", "fail", "not_applicable", "unknown"},
        "aws.iam.root_not_used": {"pass", "fail", "not_applicable", "unknown"},
    }  # fmt: skip
    assert {check_id: set(load.checks()[check_id].outcomes) for check_id in CHECKS} == tested
