"""aws.iam.access_key_age: active access keys are younger than max_age_days. Rule: catalog/data/checks.yaml.

An age ceiling on a standing item is a continuous duty: before the ceiling nothing is owed, past it the statement is
broken. "Younger" is strict: at exactly max_age_days the key is too old. The ages are those of the credential report
(access_key_n_last_rotated), which is the time the key was made or activated last.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from compliance.checks.reading import Unreadable, moment, named, said, typed
from compliance.checks.types import Check, Context, Fact, Outcome
from compliance.checks.versions import code_version

_KEYS = (1, 2)


def judge(fact: Fact, ctx: Context) -> Outcome:
    """One outcome per user: a key that is too old fails even if the other one cannot be read; a key that cannot be read
    is unknown even if the other one is young. ``valid_until`` of a pass: when the first key turns too old."""
    if typed(fact.payload, "is_root", bool):
        return Outcome(
            outcome="not_applicable", reason=f"{named(fact)}: its keys are judged by aws.iam.root_no_access_keys"
        )
    typed(fact.payload, "user", str)
    user = named(fact)
    limit = timedelta(days=ctx.parameters["max_age_days"])
    too_old: list[tuple[int, datetime]] = []
    young: list[tuple[int, datetime]] = []
    unreadable: list[str] = []
    for number in _KEYS:
        try:
            rotated = _rotated(fact, number)
        except Unreadable as error:
            unreadable.append(str(error))
            continue
        if rotated is not None:
            (too_old if ctx.at >= rotated + limit else young).append((number, rotated))
    days = f"{limit.days} days"
    if too_old:
        return Outcome(outcome="fail", reason=f"{_spell(too_old, user)}; the limit is {days}")
    if unreadable:
        raise Unreadable("; ".join(unreadable))
    if not young:
        return Outcome(outcome="not_applicable", reason=f"{user} has no active access key")
    first = min(rotated for _number, rotated in young) + limit
    return Outcome(
        outcome="pass",
        reason=f"{_spell(young, user)}; it turns {days} old on {said(first)}",
        valid_until=first,
        valid_from=max(rotated for _number, rotated in young),
    )


def _rotated(fact: Fact, number: int) -> datetime | None:
    """When an active key was last rotated; None for an inactive one. Raises Unreadable."""
    if not typed(fact.payload, f"access_key_{number}_active", bool):
        return None
    rotated = moment(fact.payload, f"access_key_{number}_last_rotated")
    if rotated is None:
        raise Unreadable(f"access_key_{number}_last_rotated is empty for an active key")
    return rotated


def _spell(keys: list[tuple[int, datetime]], user: str) -> str:
    (number, rotated), *others = keys
    first = f"Access key {number} of {user} was last rotated on {said(rotated)}"
    return first + "".join(f", access key {number} on {said(rotated)}" for number, rotated in others)


CHECK = Check(
    id="aws.iam.access_key_age",
    kind="aws_credential_row",
    streams=("aws.iam.credential_report",),
    judge=judge,
    version=code_version(__file__),
)
