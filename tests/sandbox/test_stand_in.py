"""The stand-in answers boto3 as AWS would, for every call of the four streams."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import UTC, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from dev.sandbox.aws.credential_report import COLUMNS
from dev.sandbox.company.accounts import NAMES, PRODUCTION, RESEARCH, STAGING
from tests.sandbox.conftest import Aws, at


def code_of(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


def rows_of(iam: Any) -> dict[str, dict[str, str]]:
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    content = iam.get_credential_report()["Content"].decode()
    return {row["user"]: row for row in csv.DictReader(content.splitlines())}


def test_summary_counts_root_factors_and_users(aws: Aws) -> None:
    aws.on(3)
    iam = aws.client("iam", aws.assume(PRODUCTION))
    summary = iam.get_account_summary()["SummaryMap"]
    assert (summary["AccountMFAEnabled"], summary["AccountAccessKeysPresent"], summary["Users"]) == (1, 0, 4)
    devices = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    owners = {device["SerialNumber"]: device["User"]["Arn"] for device in devices}
    assert owners[f"arn:aws:iam::{PRODUCTION}:mfa/root-account-mfa-device"] == f"arn:aws:iam::{PRODUCTION}:root"


def test_credential_report_has_every_column_a_root_row_and_real_times(aws: Aws) -> None:
    aws.on(3)
    iam = aws.client("iam", aws.assume(PRODUCTION))
    rows = rows_of(iam)
    assert list(rows) == ["<root_account>", "bob.ito", "ci-deploy", "metrics-export", "olga.marin"]
    assert list(rows["bob.ito"]) == COLUMNS
    root = rows["<root_account>"]
    assert (root["password_enabled"], root["mfa_active"]) == ("not_supported", "true")
    assert rows["ci-deploy"]["password_last_used"] == "N/A"
    assert rows["metrics-export"]["access_key_1_last_rotated"] == at(-66, "10:00").isoformat()
    assert rows["metrics-export"]["access_key_2_active"] == "false"
    assert iam.get_credential_report()["GeneratedTime"] == at(3, "06:00")


def test_report_and_summary_and_details_count_the_same_users(aws: Aws) -> None:
    for account in NAMES:
        iam = aws.client("iam", aws.assume(account))
        counted = iam.get_account_summary()["SummaryMap"]["Users"]
        listed = iam.get_account_authorization_details(Filter=["User"])["UserDetailList"]
        assert counted == len(listed) == len(rows_of(iam)) - 1


def test_authorization_details_carry_groups_policies_and_creation_times(aws: Aws) -> None:
    iam = aws.client("iam", aws.assume(PRODUCTION))
    answer = iam.get_account_authorization_details(Filter=["User", "Group", "Role", "LocalManagedPolicy"])
    users = {user["UserName"]: user for user in answer["UserDetailList"]}
    assert users["bob.ito"]["GroupList"] == ["operators"]
    assert users["bob.ito"]["CreateDate"] == at(-420)
    assert [p["PolicyName"] for p in users["metrics-export"]["UserPolicyList"]] == ["put-metrics"]
    assert [p["PolicyName"] for p in users["ci-deploy"]["AttachedManagedPolicies"]] == ["deploy-production"]
    assert [role["RoleName"] for role in answer["RoleDetailList"]] == ["AttestryAudit"]
    assert answer["IsTruncated"] is False


def test_bucket_calls_have_the_shapes_of_the_service(aws: Aws) -> None:
    s3 = aws.client("s3", aws.assume(PRODUCTION))
    buckets = {bucket["Name"]: bucket for bucket in s3.list_buckets()["Buckets"]}
    assert buckets["halyard-prod-backups"]["CreationDate"] == at(-640)
    block = s3.get_public_access_block(Bucket="halyard-prod-backups")["PublicAccessBlockConfiguration"]
    assert block == dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    rules = s3.get_bucket_encryption(Bucket="halyard-prod-backups")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    plain = s3.get_bucket_encryption(Bucket="halyard-prod-web-assets")["ServerSideEncryptionConfiguration"]["Rules"]
    assert plain[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256", "AWS encrypts by default"
    assert s3.get_bucket_versioning(Bucket="halyard-prod-backups")["Status"] == "Enabled"
    assert "Status" not in s3.get_bucket_versioning(Bucket="halyard-prod-web-assets"), "never enabled"
    assert [g["Grantee"]["Type"] for g in s3.get_bucket_acl(Bucket="halyard-prod-backups")["Grants"]] == [
        "CanonicalUser"
    ]
    with pytest.raises(ClientError) as refused:
        s3.get_bucket_policy_status(Bucket="halyard-prod-backups")
    assert code_of(refused) == "NoSuchBucketPolicy"


def test_the_opened_bucket_is_public_in_every_answer(aws: Aws) -> None:
    aws.on(34)
    s3 = aws.client("s3", aws.assume(PRODUCTION))
    name = "halyard-prod-customer-exports"
    assert s3.get_bucket_policy_status(Bucket=name)["PolicyStatus"] == {"IsPublic": True}
    with pytest.raises(ClientError) as refused:
        s3.get_public_access_block(Bucket=name)
    assert code_of(refused) == "NoSuchPublicAccessBlockConfiguration"


def test_the_external_id_must_be_exactly_the_one_of_the_account(aws: Aws) -> None:
    right = aws.server.trust.account(PRODUCTION)["external_id"]
    other = aws.server.trust.account(STAGING)["external_id"]
    for wrong in (other, right[:-1], right + "x", right.upper(), "ab"):
        with pytest.raises(ClientError) as refused:
            aws.assume(PRODUCTION, external_id=wrong)
        assert code_of(refused) == "AccessDenied"
    with pytest.raises(ClientError) as refused:
        aws.client("sts", aws.platform()).assume_role(
            RoleArn=f"arn:aws:iam::{PRODUCTION}:role/AttestryAudit", RoleSessionName="attestry"
        )
    assert code_of(refused) == "AccessDenied"
    aws.assume(PRODUCTION, external_id=right)


def test_a_new_external_id_replaces_the_old_one(aws: Aws) -> None:
    old = aws.server.trust.account(PRODUCTION)["external_id"]
    aws.server.trust.trust(PRODUCTION, "attestry-new-one")
    with pytest.raises(ClientError):
        aws.assume(PRODUCTION, external_id=old)
    aws.assume(PRODUCTION, external_id="attestry-new-one")


def test_three_accounts_are_three_worlds(aws: Aws) -> None:
    seen = {}
    for account in NAMES:
        keys = aws.assume(account)
        assert aws.client("sts", keys).get_caller_identity()["Account"] == account
        seen[account] = {bucket["Name"] for bucket in aws.client("s3", keys).list_buckets()["Buckets"]}
    assert all(seen.values())
    assert not seen[PRODUCTION] & seen[STAGING] and not seen[STAGING] & seen[RESEARCH]
    with pytest.raises(ClientError):
        aws.client("s3", aws.assume(RESEARCH)).get_bucket_acl(Bucket="halyard-prod-backups")


def test_keys_that_nobody_handed_out_are_refused(aws: Aws) -> None:
    stranger = {"aws_access_key_id": "ASIA0000000000000000", "aws_secret_access_key": "x", "aws_session_token": "y"}
    with pytest.raises(ClientError) as refused:
        aws.client("iam", stranger).get_account_summary()
    assert code_of(refused) == "InvalidClientTokenId"
    with pytest.raises(ClientError) as refused:
        aws.client("s3", stranger).list_buckets()
    assert code_of(refused) == "InvalidAccessKeyId"
    with pytest.raises(ClientError) as refused:
        aws.client("iam", aws.platform()).get_account_summary()
    assert code_of(refused) == "AccessDenied"


def test_a_static_key_calls_as_its_own_account(aws: Aws) -> None:
    kept = aws.server.trust.account(STAGING)
    keys = {"aws_access_key_id": kept["key_id"], "aws_secret_access_key": kept["key_secret"]}
    assert aws.client("sts", keys).get_caller_identity()["Account"] == STAGING


def test_the_audit_role_reads_settings_and_nothing_else(aws: Aws) -> None:
    keys = aws.assume(PRODUCTION)
    s3, iam = aws.client("s3", keys), aws.client("iam", keys)
    for forbidden in (
        lambda: s3.create_bucket(Bucket="somebody-elses"),
        lambda: s3.list_objects_v2(Bucket="halyard-prod-backups"),
        lambda: s3.get_object(Bucket="halyard-prod-backups", Key="dump"),
        lambda: iam.create_user(UserName="intruder"),
    ):
        with pytest.raises(ClientError) as refused:
            forbidden()
        assert code_of(refused) == "AccessDenied"


def test_an_unchanged_world_answers_with_unchanged_bytes(aws: Aws) -> None:
    for day in (5, 6):
        aws.on(day)
        aws.client("iam", aws.assume(RESEARCH)).get_account_authorization_details(Filter=["User"])
    lines = [json.loads(line) for line in aws.server.log_file.read_text().splitlines()]
    sizes = [line["length"] for line in lines if line["action"] == "iam:GetAccountAuthorizationDetails"]
    assert len(sizes) == 2 and sizes[0] == sizes[1]


def test_the_log_lists_the_bytes_that_were_sent(aws: Aws) -> None:
    received: list[bytes] = []
    iam = aws.client("iam", aws.assume(PRODUCTION))
    iam.meta.events.register("before-parse.iam", lambda response_dict, **_: received.append(response_dict["body"]))
    iam.get_account_summary()
    iam.get_account_authorization_details(Filter=["User"])
    sent = {json.loads(line)["sha256"] for line in aws.server.log_file.read_text().splitlines()}
    assert len(received) == 2
    for body in received:
        assert hashlib.sha256(body).hexdigest() in sent


def test_an_outage_touches_one_account_and_ends(aws: Aws) -> None:
    research, staging = aws.assume(RESEARCH), aws.assume(STAGING)
    aws.server.stand_in.outages[RESEARCH] = "unavailable"
    with pytest.raises(ClientError) as refused:
        aws.client("iam", research).get_account_summary()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    aws.client("iam", staging).get_account_summary()
    aws.server.stand_in.outages[RESEARCH] = "refused"
    with pytest.raises((ConnectionClosedError, EndpointConnectionError)):
        aws.client("iam", research).get_account_summary()
    del aws.server.stand_in.outages[RESEARCH]
    aws.client("iam", research).get_account_summary()


def test_state_and_trust_survive_a_restart(aws: Aws, tmp_path: object) -> None:
    from dev.sandbox.aws.clock import StandInClock
    from dev.sandbox.aws.trust import Trust

    aws.on(20)
    folder = aws.server.log_file.parent
    assert StandInClock(folder / "clock.json").now() == at(20, "06:00")
    assert Trust(folder / "trust.json", list(NAMES)).account(STAGING) == aws.server.trust.account(STAGING)
    assert (folder / "trust.json").stat().st_mode & 0o777 == 0o600


def test_without_a_simulated_moment_it_answers_for_real_time(aws: Aws) -> None:
    aws.server.clock.set(aws.server.clock.began_on, None)
    from dev.sandbox.aws.clock import wall_clock

    assert abs(aws.server.clock.now() - wall_clock()) < timedelta(seconds=5)
    assert aws.server.clock.now().tzinfo is UTC


def test_versioning_has_the_documented_root_element(aws: Aws) -> None:
    bodies: list[bytes] = []
    s3 = aws.client("s3", aws.assume(PRODUCTION))
    s3.meta.events.register("before-parse.s3", lambda response_dict, **_: bodies.append(response_dict["body"]))
    for name in ("halyard-prod-backups", "halyard-prod-web-assets"):
        s3.get_bucket_versioning(Bucket=name)
    assert b"<VersioningConfiguration" in bodies[0] and b"<Status>Enabled</Status>" in bodies[0]
    assert b"<VersioningConfiguration" in bodies[1] and b"<Status>" not in bodies[1]
