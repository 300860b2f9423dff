"""What the credential can really do: each permission of each stream tried once, cheaply, and the account pinned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.connectors.aws.session import AwsSession
from integrations.connectors.aws.spec import AwsAccess
from integrations.connectors.aws.streams import STREAMS, bucket_settings
from integrations.connectors.aws.streams.s3_buckets import bucket_names
from integrations.connectors.contract import Answer, Need, ProbeItem, ProbeResult
from integrations.errors import ConnectorError, CredentialRefused, PermissionMissing

_REPORT_STATES = frozenset({"ReportInProgress", "ReportNotPresent", "ReportExpired"})
_SMALLEST: Mapping[str, Mapping[str, Any]] = {
    "iam.ListVirtualMFADevices": {"MaxItems": 1},
    "iam.GetAccountAuthorizationDetails": {"MaxItems": 1, "Filter": ["User"]},
    "s3.ListBuckets": {"MaxBuckets": 1},
}
_NO_PROOF = "The stand-in hands out the role without the external id, so this cannot be shown here."


def probe(access: AwsAccess) -> ProbeResult:
    """Network. Never raises for what AWS answers: a credential that opens nothing is a result too.

    For a role it first shows that AWS refuses it *without* the external id (outside a stand-in a role that can be
    assumed without is not accepted: anybody who knows its name could be served by us).
    """
    session = AwsSession(access, record=_forget)
    try:
        loose = bool(access.role_arn) and _assumable_without_external_id(session)
        session.open()
    except ConnectorError as error:
        return ProbeResult(
            ok=False, account="", identity="", sentence=error.message, what_to_do=error.what_to_do, items=()
        )
    if loose and not access.endpoint:
        return ProbeResult(
            ok=False,
            account=session.account,
            identity=session.identity,
            sentence="The role can be assumed without the external id.",
            what_to_do="Replace the role's trust policy with the one on this page, then test again.",
            items=(),
        )
    items = tuple(_try_all(session))
    missing = {item.action for item in items if item.granted is False}
    sentence = (
        f"{len(missing)} of {len({item.action for item in items})} permissions are missing."
        if missing
        else "Every permission is granted."
    )
    note = _NO_PROOF if loose else ""
    todo = "Add the missing permissions to the policy, then test again." if missing else note
    return ProbeResult(
        ok=not missing,
        account=session.account,
        identity=session.identity,
        sentence=sentence,
        what_to_do=todo,
        items=items,
    )


def _assumable_without_external_id(session: AwsSession) -> bool:
    try:
        session.assume(external_id=None)
    except CredentialRefused:
        return False
    return True


def _try_all(session: AwsSession) -> Iterator[ProbeItem]:
    bucket = ""
    known: dict[str, tuple[bool | None, str]] = {}
    for stream in STREAMS:
        for need in stream.needs:
            if need.action not in known:
                answer, known[need.action] = _try(session, need, bucket)
                if need.operation == "s3.ListBuckets" and answer is not None and answer.status == 200:
                    bucket = next(iter(bucket_names(answer)), "")
            granted, note = known[need.action]
            yield ProbeItem(
                stream=stream.key, action=need.action, granted=granted, note=note or ("" if granted else need.loses)
            )


def _try(session: AwsSession, need: Need, bucket: str) -> tuple[Answer | None, tuple[bool | None, str]]:
    service, _, operation = need.operation.partition(".")
    setting = next((s for s in bucket_settings.SETTINGS if s.key == need.operation), None)
    if setting is not None and not bucket:
        return None, (None, "There is no bucket to try it on.")
    parameters: Mapping[str, Any] = {"Bucket": bucket} if setting is not None else _SMALLEST.get(need.operation, {})
    try:
        answer = session.call(service, operation, expected=setting.absent if setting else _REPORT_STATES, **parameters)
    except PermissionMissing:
        return None, (False, "")
    except ConnectorError as error:
        return None, (None, error.message)
    return answer, (True, "")


def _forget(answer: Answer) -> None:
    """A probe seals nothing: it concludes nothing about the company's systems."""
