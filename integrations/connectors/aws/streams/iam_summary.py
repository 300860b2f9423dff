"""aws.iam.summary: whether root has MFA and access keys, how many users there are, the virtual MFA devices.

One fact of kind ``aws_account``. A refused or missing field leaves that field unknown, never a default.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrations.connectors.aws.answers import (
    account_of,
    document,
    error_code,
    last_of_each_call,
    members,
    of,
    summary,
    whole,
)
from integrations.connectors.aws.refusals import ACCESS
from integrations.connectors.aws.walk import Walk, another_account, walk
from integrations.connectors.contract import Found, Need, Normalised, SealedAnswer, Session, Stream, unknown

KEY = "aws.iam.summary"
_SUMMARY, _DEVICES = "iam.GetAccountSummary", "iam.ListVirtualMFADevices"


def fetch(session: Session) -> Iterator[object]:
    """One call for the summary, then the pages of virtual MFA devices."""
    session.call("iam", "GetAccountSummary")
    yield None
    yield from walk(session, "iam", "ListVirtualMFADevices", size="MaxItems", cursor="Marker", expected=ACCESS)


def normalise(answers: Sequence[SealedAnswer], account: str) -> Normalised:
    """The account's fact. Complete when the summary was read; a single missing field is unknown in the payload."""
    final = last_of_each_call(tuple(answers))
    first = of(final, _SUMMARY)
    if not first or error_code(first[-1].answer):
        return Normalised(facts=(), items=0, complete=False, reason="The account summary was not read.")
    fields = summary(first[-1].answer)
    payload: dict[str, object] = {
        "account_mfa_enabled": whole(fields.get("AccountMFAEnabled"), "AccountMFAEnabled"),
        "account_access_keys_present": whole(fields.get("AccountAccessKeysPresent"), "AccountAccessKeysPresent"),
        "users": whole(fields.get("Users"), "Users"),
        "virtual_mfa_serials": _serials(of(final, _DEVICES), account),
    }
    gaps = [name for name, value in payload.items() if isinstance(value, dict)]
    reason = f"Not read: {', '.join(gaps)}." if gaps else ""
    fact = Found(kind="aws_account", key=account, payload=payload, seal=first[-1].seal)
    return Normalised(facts=(fact,), items=1, complete=True, reason=reason)


def _serials(pages: list[SealedAnswer], account: str) -> list[str] | dict[str, str]:
    seen = Walk(pages, cursor="Marker", more="IsTruncated")
    if seen.refused:
        return unknown(f"AWS refused the listing ({seen.refused})")
    if seen.broken:
        return unknown(seen.broken)
    serials: list[str] = []
    for page in pages:
        for device in members(document(page.answer).find(".//VirtualMFADevices")):
            serial = (device.findtext("SerialNumber") or "").strip()
            if not serial:
                return unknown("a device has no SerialNumber")
            if account_of(serial) != account:
                raise another_account()
            serials.append(serial)
    if len(set(serials)) != len(serials):
        return unknown("a page was repeated")
    return sorted(serials)


STREAM = Stream(
    key=KEY,
    name="Account summary and root devices",
    kind="configuration",
    fact_kind="aws_account",
    pull_every_hours=1,
    stale_after_hours=2,
    completeness="Documented shape with the judged fields present; a refused or missing field leaves that item unknown",
    needs=(
        Need(
            action="iam:GetAccountSummary",
            operation=_SUMMARY,
            loses="Root MFA and the second counts of users are not observed.",
        ),
        Need(
            action="iam:ListVirtualMFADevices",
            operation=_DEVICES,
            loses="It stays unknown whether root uses a virtual or a hardware device.",
            optional=True,
        ),
    ),
    fetch=fetch,
    normalise=normalise,
)
