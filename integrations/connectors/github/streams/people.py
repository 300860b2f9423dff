"""gh.people: members and outside collaborators with their two-factor state. Facts of kind ``github_member``.

Whole when every listing reached its end and the members listed by role are exactly the members listed at all. Who has
no second factor is a listing of its own; it is read twice, and both readings must agree, because a name that is missing
from it would be read as "has two factors".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from integrations.connectors.contract import Found, Need, Normalised, SealedAnswer, Session, Stream, unknown
from integrations.connectors.github.answers import last_of_each_call, number, of, text
from integrations.connectors.github.refusals import ITEM
from integrations.connectors.github.walk import Walk, walk

KEY = "gh.people"
_MEMBERS, _OUTSIDE = "orgs.members", "orgs.outside_collaborators"
# GitHub answers 422 to these filters when the credential is not an owner's.
_OWNERS_ONLY = ITEM | {"Unprocessable"}
_NO_IDENTITIES = "external identities are not read by this stream"


def fetch(session: Session) -> Iterator[object]:
    """Members at all and by role, outside collaborators, and twice who of them has no second factor."""
    yield from walk(session, "orgs", "members", part="all", filter="all")
    yield from _without_second_factor(session, "first")
    for role in ("admin", "member"):
        yield from walk(session, "orgs", "members", part=role, role=role)
    yield from walk(session, "orgs", "outside_collaborators", part="all", filter="all")
    yield from _without_second_factor(session, "second")


def _without_second_factor(session: Session, turn: str) -> Iterator[object]:
    for operation in ("members", "outside_collaborators"):
        yield from walk(
            session, "orgs", operation, part=f"2fa_disabled {turn}", filter="2fa_disabled", expected=_OWNERS_ONLY
        )


def normalise(answers: Sequence[SealedAnswer], account: str) -> Normalised:
    """One fact a person. Raises Garbage, WrongAccount."""
    final = last_of_each_call(answers)
    members = Walk(of(final, _MEMBERS, "all"), account)
    outside = Walk(of(final, _OUTSIDE, "all"), account)
    roles = {role: Walk(of(final, _MEMBERS, role), account) for role in ("admin", "member")}
    role_of: dict[int, set[str]] = {}
    for role, listing in roles.items():
        for person, _seal in listing.items:
            role_of.setdefault(number(person), set()).add(role)
    inside = _Factors(final, _MEMBERS, members, account)
    beyond = _Factors(final, _OUTSIDE, outside, account)
    facts = [
        _fact(person, seal, account, role=_role(role_of.get(number(person), set())), factors=inside, outside=False)
        for person, seal in members.items
    ]
    facts += [
        _fact(person, seal, account, role="outside", factors=beyond, outside=True) for person, seal in outside.items
    ]
    whole = {
        "members": members,
        "outside collaborators": outside,
        "owners": roles["admin"],
        "members by role": roles["member"],
    }
    reason = next((f"The listing of {name} is not whole: {w.gap}." for name, w in whole.items() if w.gap), "")
    second = len(roles["admin"].items) + len(roles["member"].items)
    if not reason:
        reason = _disagreement([number(p) for p, _ in members.items], role_of, second, facts)
    kept = tuple({fact.key: fact for fact in facts}.values())
    note = inside.gap or beyond.gap
    return Normalised(
        facts=kept, items=len(kept), complete=not reason, second_count=second + len(outside.items),
        reason=reason or (f"Who has no second factor could not be read: {note}." if note else ""),
    )  # fmt: skip


def _disagreement(listed: list[int], role_of: dict[int, set[str]], second: int, facts: list[Found]) -> str:
    if len({fact.key for fact in facts}) != len(facts):
        return "A person came twice."
    if set(listed) != set(role_of) or second != len(listed):
        return f"GitHub lists {len(listed)} members, and {second} by role."
    return ""


class _Factors:
    """Who has no second factor, as far as two readings of that listing prove it; ``gap`` says why they do not."""

    def __init__(self, final: Sequence[SealedAnswer], operation: str, everyone: Walk, account: str) -> None:
        readings = [Walk(of(final, operation, f"2fa_disabled {turn}"), account) for turn in ("first", "second")]
        without = [frozenset(number(person) for person, _ in reading.items) for reading in readings]
        self.without = without[0]
        self.gap = next((reading.gap for reading in readings if reading.gap), "")
        if not self.gap and without[0] != without[1]:
            self.gap = "two readings of the listing disagree"
        if not self.gap and not self.without <= {number(person) for person, _ in everyone.items}:
            self.gap = "the listing names people whom the full listing does not"

    def of(self, person: int) -> bool | dict[str, str]:
        return unknown(self.gap) if self.gap else person not in self.without


def _role(found: set[str]) -> str | dict[str, str]:
    return next(iter(found)) if len(found) == 1 else unknown("listed under no role or under two")


def _fact(
    person: Any, seal: int, account: str, *, role: str | dict[str, str], factors: _Factors, outside: bool
) -> Found:
    identity = number(person)
    payload = {
        "login": text(person, "login"),
        "id": identity,
        "type": text(person, "type"),
        "role": role,
        "two_factor": factors.of(identity),
        "saml_name_id": unknown(_NO_IDENTITIES),
        "email": unknown(_NO_IDENTITIES),
        "outside": outside,
    }
    return Found(kind="github_member", key=f"{account}/{identity}", payload=payload, seal=seal)


STREAM = Stream(
    key=KEY,
    name="Members, outside collaborators and their second factor",
    kind="population",
    fact_kind="github_member",
    pull_every_hours=1,
    stale_after_hours=2,
    completeness="Every listing walked to its end, owners plus members equal all members; the listing without two-factor read twice and equal",
    needs=(
        Need(
            action="members:read",
            operation=_MEMBERS,
            loses="Who is in the organization, with which role and second factor, is not observed.",
        ),
    ),
    fetch=fetch,
    normalise=normalise,
)
