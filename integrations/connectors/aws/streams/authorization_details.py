"""aws.iam.authorization_details: every user with groups and policies, in a few bulk calls.

Whole when the terminal cursor was reached and the number of users equals SummaryMap.Users.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from integrations.connectors.aws.answers import (
    account_of,
    document,
    error_code,
    last_of_each_call,
    members,
    moment,
    of,
    summary,
    whole,
)
from integrations.connectors.aws.walk import Walk, another_account, walk
from integrations.connectors.contract import Found, Need, Normalised, SealedAnswer, Session, Stream, unknown
from integrations.errors import Garbage

KEY = "aws.iam.authorization_details"
_DETAILS, _SUMMARY = "iam.GetAccountAuthorizationDetails", "iam.GetAccountSummary"


def fetch(session: Session) -> Iterator[object]:
    """The pages of users, then the summary for the second count."""
    yield from walk(session, "iam", "GetAccountAuthorizationDetails", size="MaxItems", cursor="Marker", Filter=["User"])
    session.call("iam", "GetAccountSummary", part="second count")
    yield None


def normalise(answers: Sequence[SealedAnswer], account: str) -> Normalised:
    """One fact a user. A repeated page or an early end leaves the pull partial."""
    final = last_of_each_call(tuple(answers))
    pages = [a for a in of(final, _DETAILS) if not error_code(a.answer)]
    facts: dict[str, Found] = {}
    repeated = False
    for page in pages:
        listed = document(page.answer).find(".//UserDetailList")
        if listed is None:
            raise _not_details()
        for user in members(listed):
            fact = _fact(user, account=account, seal=page.seal)
            repeated = repeated or fact.key in facts
            facts[fact.key] = fact
    counts = [summary(a.answer).get("Users") for a in of(final, _SUMMARY) if not error_code(a.answer)]
    users = whole(counts[-1] if counts else None, "SummaryMap.Users")
    reason = _gap(Walk(of(final, _DETAILS), cursor="Marker", more="IsTruncated"), len(facts), users, repeated=repeated)
    second = users if isinstance(users, int) else None
    return Normalised(
        facts=tuple(facts.values()), items=len(facts), complete=not reason, reason=reason, second_count=second
    )


def _gap(seen: Walk, found: int, users: int | dict[str, str], *, repeated: bool) -> str:
    if seen.refused:
        return f"AWS refused the listing ({seen.refused})."
    if seen.broken:
        return f"The walk was not whole: {seen.broken}."
    if repeated:
        return "A page of users came twice."
    if not isinstance(users, int):
        return "The number of users could not be read from the account summary."
    return "" if found == users else f"The listing has {found} users; the account summary says {users}."


def _fact(user: ET.Element, *, account: str, seal: int) -> Found:
    arn = (user.findtext("Arn") or "").strip()
    if not arn:
        raise _not_details()
    if account_of(arn) != account:
        raise another_account()
    payload: dict[str, object] = {
        "name": (user.findtext("UserName") or "").strip() or unknown("UserName is not in the answer"),
        "arn": arn,
        "created_at": moment(user.findtext("CreateDate"), "CreateDate"),
        "groups": _texts(user, "GroupList", None),
        "inline_policies": _texts(user, "UserPolicyList", "PolicyName", absent=[]),
        "attached_policies": _texts(user, "AttachedManagedPolicies", "PolicyArn"),
    }
    return Found(kind="aws_iam_user", key=f"{account}/{arn}", payload=payload, seal=seal)


def _texts(
    user: ET.Element, tag: str, inner: str | None, absent: list[str] | None = None
) -> list[str] | dict[str, str]:
    """Sorted texts of a list. AWS leaves UserPolicyList out for a user without inline policies: that absence is an answer."""
    listed = user.find(tag)
    if listed is None:
        return unknown(f"{tag} is not in the answer") if absent is None else absent
    found = [((m.text if inner is None else m.findtext(inner)) or "").strip() for m in members(listed)]
    return unknown(f"an item of {tag} has no {inner or 'text'}") if "" in found else sorted(found)


def _not_details() -> Garbage:
    return Garbage(
        "The authorization details are not in the form that AWS documents.",
        what_to_do="Pull again; if it stays, check what answers at the endpoint. The answer is sealed as it came.",
    )


STREAM = Stream(
    key=KEY,
    name="Users, groups and their policies",
    kind="population",
    fact_kind="aws_iam_user",
    pull_every_hours=24,
    stale_after_hours=48,
    completeness="Terminal cursor reached, then user count equals SummaryMap.Users",
    needs=(
        Need(
            action="iam:GetAccountAuthorizationDetails",
            operation=_DETAILS,
            loses="Users, groups and their policies are not observed.",
        ),
        Need(
            action="iam:GetAccountSummary",
            operation=_SUMMARY,
            loses="The listing cannot be shown to be whole, so nothing passes.",
        ),
    ),
    fetch=fetch,
    normalise=normalise,
)
