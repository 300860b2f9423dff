"""aws.s3.bucket_not_public: buckets are not public. Rule: catalog/data/checks.yaml.

A bucket is public by policy when its policy is public and the block does not restrict public buckets, and by ACL when a
grant names everyone and the block does not ignore public ACLs. What cannot be read leaves the bucket unknown, unless
what was read already makes it public: then it fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.checks.reading import Unreadable, named, typed, value
from compliance.checks.types import Check, Context, Fact, Outcome
from compliance.checks.versions import code_version

_NO_BLOCK: Mapping[str, bool] = {"RestrictPublicBuckets": False, "IgnorePublicAcls": False}


def judge(fact: Fact, ctx: Context) -> Outcome:
    """Public and not approved fails. A bucket on ``approved_public_buckets`` passes only with a classification that is
    not customer data; without a classification it is unknown. Raises Unreadable."""
    name = typed(fact.payload, "name", str)
    bucket = f"Bucket {named(fact)}"
    ways, unreadable = _ways(fact.payload)
    if not ways:
        if unreadable:
            raise Unreadable("; ".join(unreadable))
        return Outcome(outcome="pass", reason=f"{bucket} is not public, by policy or by access control list")
    public = f"{bucket} is public by {' and by '.join(ways)}"
    if name not in ctx.parameters["approved_public_buckets"]:
        return Outcome(outcome="fail", reason=f"{public}, and it is not on the approved list")
    if typed(fact.payload, "classification", str) == "customer":
        return Outcome(outcome="fail", reason=f"{public}, and it holds customer data")
    return Outcome(outcome="pass", reason=f"{public}, as approved")


def _ways(payload: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """How the bucket is public, and what could not be read."""
    ways, unreadable = [], []
    for way, field, shield in (
        ("policy", "policy_is_public", "RestrictPublicBuckets"),
        ("access control list", "acl_public", "IgnorePublicAcls"),
    ):
        try:
            if _opens(payload, field) and not _shielded(payload, shield):
                ways.append(way)
        except Unreadable as error:
            unreadable.append(str(error))
    try:
        _block(payload)
    except Unreadable as error:
        unreadable.append(str(error))
    return ways, list(dict.fromkeys(unreadable))


def _opens(payload: Mapping[str, Any], field: str) -> bool:
    """Whether the policy or ACL names everyone; a bucket without a policy has null there."""
    if field == "policy_is_public" and value(payload, field) is None:
        return False
    return typed(payload, field, bool)


def _shielded(payload: Mapping[str, Any], shield: str) -> bool:
    return typed(_block(payload), shield, bool)


def _block(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    block = value(payload, "block_public")
    if block is None:
        return _NO_BLOCK
    if not isinstance(block, Mapping):
        raise Unreadable("block_public is not a set of four settings")
    for shield in _NO_BLOCK:
        typed(block, shield, bool)
    return block


CHECK = Check(
    id="aws.s3.bucket_not_public",
    kind="aws_s3_bucket",
    streams=("aws.s3.buckets",),
    judge=judge,
    version=code_version(__file__),
)
