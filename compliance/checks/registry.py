"""The implemented checks. Adding one: write its module, name it here (docs/how-to/add-a-check.md)."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.checks.aws import access_key_age, bucket_not_public, root_mfa, root_not_used, user_mfa
from compliance.checks.reading import Unreadable, named
from compliance.checks.types import Check, Context, Fact, Outcome

CHECKS: Mapping[str, Check] = {
    module.CHECK.id: module.CHECK for module in (access_key_age, bucket_not_public, root_mfa, root_not_used, user_mfa)
}


def for_stream(stream: str) -> tuple[Check, ...]:
    """The checks that rest on a stream."""
    return tuple(check for check in CHECKS.values() if stream in check.streams)


def evaluate(check: Check, fact: Fact, ctx: Context) -> Outcome:
    """The check's answer; what it could not read becomes unknown with the field and the reason, never a pass."""
    try:
        return check.judge(fact, ctx)
    except Unreadable as error:
        return Outcome(outcome="unknown", reason=f"{named(fact)}: {error}")
