"""The five settings of a bucket: which call reads each, which refusal is a result, and how its answer is read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.connectors.aws.answers import document, error_code, truth
from integrations.connectors.contract import Answer, SealedAnswer, unknown
from integrations.errors import Garbage

BUCKET_GONE = frozenset({"NoSuchBucket"})
_EVERYBODY = frozenset({
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
})  # fmt: skip
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting. ``absent`` are the error codes by which AWS says that it is not set; ``field`` names it in the fact."""

    operation: str
    action: str
    field: str
    absent: frozenset[str]
    reader: Callable[[Answer], Any]
    loses: str

    @property
    def key(self) -> str:
        return f"s3.{self.operation}"


def _policy_is_public(answer: Answer) -> Any:
    return truth(document(answer).findtext("IsPublic"), "IsPublic")


def _acl_public(answer: Answer) -> Any:
    grants = document(answer).find("AccessControlList")
    if grants is None:
        return unknown("AccessControlList is not in the answer")
    found = [(g.findtext("Grantee/URI") or "").strip() for g in grants.findall("Grant")]
    readable = all(g.find("Grantee") is not None and g.find("Permission") is not None for g in grants.findall("Grant"))
    return any(uri in _EVERYBODY for uri in found) if readable else unknown("a grant has no Grantee or Permission")


def _block_public(answer: Answer) -> Any:
    root = document(answer)
    values = {name: truth(root.findtext(name), name) for name in _BLOCKS}
    broken = next((v for v in values.values() if isinstance(v, dict)), None)
    return broken or values


def _encryption(answer: Answer) -> Any:
    rules = [
        (r.findtext("ApplyServerSideEncryptionByDefault/SSEAlgorithm") or "").strip()
        for r in document(answer).findall("Rule")
    ]
    return rules[0] if rules and all(rules) else unknown("SSEAlgorithm is not in the answer")


def _versioning(answer: Answer) -> Any:
    root = document(answer)
    if root.tag != "VersioningConfiguration":
        return unknown("VersioningConfiguration is not in the answer")
    status = root.findtext("Status")
    strange = [child.tag for child in root if child.tag not in ("Status", "MfaDelete", "MFADelete")]
    if status is None:
        return unknown("the answer has members that AWS does not document") if strange else "Off"
    return (
        status.strip()
        if status.strip() in ("Enabled", "Suspended")
        else unknown("Status is neither Enabled nor Suspended")
    )


SETTINGS = (
    Setting(
        operation="GetBucketPolicyStatus", action="s3:GetBucketPolicyStatus", field="policy_is_public",
        absent=frozenset({"NoSuchBucketPolicy"}), reader=_policy_is_public,
        loses="It is unknown whether a bucket policy makes a bucket public.",
    ),
    Setting(
        operation="GetBucketAcl", action="s3:GetBucketAcl", field="acl_public",
        absent=frozenset(), reader=_acl_public,
        loses="It is unknown whether an access list makes a bucket public.",
    ),
    Setting(
        operation="GetPublicAccessBlock", action="s3:GetBucketPublicAccessBlock", field="block_public",
        absent=frozenset({"NoSuchPublicAccessBlockConfiguration"}), reader=_block_public,
        loses="It is unknown whether public access to a bucket is blocked.",
    ),
    Setting(
        operation="GetBucketEncryption", action="s3:GetEncryptionConfiguration", field="encryption",
        absent=frozenset({"ServerSideEncryptionConfigurationNotFoundError"}), reader=_encryption,
        loses="The encryption of buckets is unknown.",
    ),
    Setting(
        operation="GetBucketVersioning", action="s3:GetBucketVersioning", field="versioning",
        absent=frozenset(), reader=_versioning,
        loses="The versioning of buckets is unknown.",
    ),
)  # fmt: skip


def read(name: str, given: Mapping[str, SealedAnswer]) -> tuple[dict[str, Any], int | None]:
    """The payload of one bucket and the seal it cites: the answer that shows most (what makes it public, else its
    public access block, else any). The seal is None when nothing at all was answered."""
    payload: dict[str, Any] = {"name": name}
    for setting in SETTINGS:
        sealed = given.get(setting.key)
        payload[setting.field] = unknown("not answered") if sealed is None else _value(setting, sealed.answer)
    order = ["s3.GetPublicAccessBlock", *given]
    if payload["acl_public"] is True:
        order.insert(0, "s3.GetBucketAcl")
    if payload["policy_is_public"] is True:
        order.insert(0, "s3.GetBucketPolicyStatus")
    return payload, next((given[key].seal for key in order if key in given), None)


def _value(setting: Setting, answer: Answer) -> Any:
    code = error_code(answer)
    if code in setting.absent:
        return None
    if code:
        return unknown(f"{setting.action}: {code}")
    try:
        return setting.reader(answer)
    except Garbage:
        return unknown(f"{setting.action}: the answer is not XML as documented")
