"""Readings for tests: one pull of one stream, with only what the test cares about spelled out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from inventory.types import Reading, SeenFact

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


def reading(*facts: SeenFact, connection: UUID, at: datetime = NOON, outcome: str = "complete", **changes) -> Reading:
    values = {
        "connection_id": connection,
        "stream": "aws.s3.buckets",
        "pull_id": uuid4(),
        "started_at": at - timedelta(minutes=1),
        "observed_at": at,
        "outcome": outcome,
        "reason": "" if outcome == "complete" else "page 2 was refused",
        "facts": facts,
        "pages": 1,
        "items": len(facts),
        "calls": 3,
        "bytes_sealed": 400,
        "completeness_rule": "double read",
        "second_count": len(facts),
        "collector_version": "aws 1",
        "credential_identity": "role/AttestryAudit",
        "seals": (7,),
        "account": "310000000101",
        "stale_after_hours": 48,
    }
    return Reading(**{**values, **changes})


def bucket(name: str, *, seal: int = 5, **payload) -> SeenFact:
    values = {
        "name": name,
        "policy_is_public": None,
        "acl_public": False,
        "encryption": "AES256",
        "versioning": "Enabled",
        "block_public": {
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    }
    return SeenFact(kind="aws_s3_bucket", key=f"310000000101/{name}", payload={**values, **payload}, seal=seal)


def credential_row(user: str, *, seal: int = 6, account: str = "310000000101", **payload) -> SeenFact:
    root = user == "<root_account>"
    arn = f"arn:aws:iam::{account}:{'root' if root else f'user/{user}'}"
    values = {
        "user": user,
        "arn": arn,
        "is_root": root,
        "password_enabled": "not_supported" if root else True,
        "password_last_used": None,
        "mfa_active": True,
        "generated_at": "2026-09-01T11:00:00+00:00",
    }
    for n in (1, 2):
        values |= {
            f"access_key_{n}_active": False,
            f"access_key_{n}_last_rotated": None,
            f"access_key_{n}_last_used": None,
        }
    return SeenFact(kind="aws_credential_row", key=f"{account}/{arn}", payload={**values, **payload}, seal=seal)


def account_fact(account: str = "310000000101", *, seal: int = 4, **payload) -> SeenFact:
    values = {"account_mfa_enabled": 1, "account_access_keys_present": 0, "users": 3, "virtual_mfa_serials": []}
    return SeenFact(kind="aws_account", key=account, payload={**values, **payload}, seal=seal)
