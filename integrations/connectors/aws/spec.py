"""What a person settles for an AWS connection, and the policies to paste. Pure.

Role and external id are the way to connect. The external id is made by us, one for each organization, and never
changes: a person cannot choose it, so nobody can make Attestry assume another customer's role. Access keys are
taken only where the installation has a stand-in endpoint (embedded and test mode).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from integrations.connectors.aws.streams import STREAMS
from integrations.connectors.contract import Need
from integrations.errors import InvalidSettings

REGIONS = (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
    "ap-southeast-5", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1",
    "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1",
)  # fmt: skip
AWS_ORIGIN = "https://amazonaws.com"
STAND_IN_KEYS = {"aws_access_key_id": "attestry", "aws_secret_access_key": "attestry"}
_ROLE = re.compile(r"arn:aws:iam::([0-9]{12}):role/[\w+=,.@/-]{1,512}", re.ASCII)
_KEY_ID = re.compile(r"[A-Z0-9]{16,128}", re.ASCII)
_SECRET = re.compile(r"[A-Za-z0-9/+=]{16,128}", re.ASCII)
# Called to learn who we are; AWS needs no permission for it.
_OWN_CALLS = {"sts.GetCallerIdentity": "sts:GetCallerIdentity", "sts.AssumeRole": "sts:AssumeRole"}


@dataclass(frozen=True, kw_only=True)
class AwsAccess:
    """How to open a session: a role with its external id, or (stand-in only) an access key. Never printed."""

    region: str
    role_arn: str = ""
    external_id: str = field(default="", repr=False)
    access_key_id: str = field(default="", repr=False)
    secret_access_key: str = field(default="", repr=False)
    endpoint: str = ""
    account: str = ""

    def keys(self) -> dict[str, str]:
        """The keys to sign with: the connection's own, else the stand-in's principal, else the installation's own."""
        if self.access_key_id:
            return {"aws_access_key_id": self.access_key_id, "aws_secret_access_key": self.secret_access_key}
        return dict(STAND_IN_KEYS) if self.endpoint else {}


def origin(endpoint: str) -> str:
    """The exact origin a secret is bound to: AWS itself, or the stand-in's address."""
    return endpoint.rstrip("/") or AWS_ORIGIN


def check_region(region: str) -> str:
    """The region, or InvalidSettings for a name that is no AWS region."""
    found = region.strip().lower()
    if found not in REGIONS:
        raise InvalidSettings(
            "There is no AWS region of this name.", what_to_do="Use a name like eu-central-1.", field="region"
        )
    return found


def check_role(arn: str) -> tuple[str, str]:
    """(ARN, account id) of a role, or InvalidSettings."""
    found = _ROLE.fullmatch(arn.strip())
    if not found:
        raise InvalidSettings(
            "This is not the ARN of an AWS role.",
            what_to_do="Copy it from the role's page; it looks like arn:aws:iam::123456789012:role/attestry-read.",
            field="role_arn",
        )
    return found[0], found[1]


def check_keys(key_id: str, secret: str, *, endpoint: str) -> tuple[str, str]:
    """An access key for the stand-in. InvalidSettings where the installation talks to AWS itself, or for a wrong form."""
    if not endpoint:
        raise InvalidSettings(
            "Access keys are not accepted.",
            what_to_do="Connect with a role and the external id instead.",
            field="access_key_id",
        )
    if not _KEY_ID.fullmatch(key_id.strip()):
        raise InvalidSettings(
            "This is not an access key id.",
            what_to_do="Copy the id again, for example AKIA followed by 16 characters.",
            field="access_key_id",
        )
    if not _SECRET.fullmatch(secret.strip()):
        raise InvalidSettings(
            "This is not a secret access key.",
            what_to_do="Copy the secret again, without spaces.",
            field="secret_access_key",
        )
    return key_id.strip(), secret.strip()


def needs() -> tuple[Need, ...]:
    """Every permission that some stream needs, once."""
    found: dict[str, Need] = {}
    for stream in STREAMS:
        for need in stream.needs:
            found.setdefault(need.action, need)
    return tuple(found.values())


def permission_of(operation: str) -> str:
    """The IAM action behind an operation, as policies write it."""
    for need in needs():
        if need.operation == operation:
            return need.action
    return _OWN_CALLS.get(operation, operation.replace(".", ":"))


def policy_document(actions: Iterable[str] | None = None) -> dict[str, Any]:
    """The least-privilege read policy, generated from the streams: no data is readable with it, only settings."""
    wanted = sorted(actions if actions is not None else {need.action for need in needs()})
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "AttestryRead", "Effect": "Allow", "Action": wanted, "Resource": "*"}],
    }


def trust_document(*, principal: str, external_id: str) -> dict[str, Any]:
    """Who may assume the role: our principal, and only with the organization's external id."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": principal},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }
