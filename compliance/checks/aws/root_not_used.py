"""aws.iam.root_not_used: the root user is not used without an approval dated before it. Rule: catalog/data/checks.yaml.

How the rule is applied while only the credential report is read (no CloudTrail stream yet):

- Each new last-used time of root's password or keys is one event at its own time; it can never recover.
- "Unbroken event stream": complete readings of the report without a gap beyond their freshness. A last-used time that
  does not move proves that nothing newer happened; between two readings only the latest use of each credential can be
  seen, and the check's text says so. A gap is not observed: freshness decides that at read, not this function.
- pass and fail both need the approvals register. Where it is not kept, common rule 6 says unknown with that reason, so
  a use of root is then *not observed*, never a pass, and not called a failure either. The same holds for a use before
  the register was opened. A register that is there and holds no approval dated before the use gives fail.
- No use at all is no occurrence (not_applicable with population 0).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from compliance.checks.reading import moment, named, said, typed
from compliance.checks.types import Check, Context, Fact, JudgedEvent, Outcome, Register
from compliance.checks.versions import code_version

_CREDENTIALS = {
    "password_last_used": "password",
    "access_key_1_last_used": "access key 1",
    "access_key_2_last_used": "access key 2",
}


def applies(fact: Fact) -> bool:
    """The population is the root row; a row that cannot be told apart is judged, and unknown."""
    return fact.payload.get("is_root") is not False


def judge(fact: Fact, ctx: Context) -> Outcome:
    """The root row's events, each judged against the register; the row itself is never a failure. Raises Unreadable."""
    typed(fact.payload, "is_root", bool)
    uses: dict[datetime, list[str]] = defaultdict(list)
    for field, credential in _CREDENTIALS.items():
        used_at = moment(fact.payload, field)
        if used_at is not None:
            uses[used_at].append(credential)
    register = ctx.registers.get("approvals")
    events = tuple(_event(fact, at, uses[at], register) for at in sorted(uses))
    if not events:
        return Outcome(outcome="not_applicable", reason=f"{named(fact)} was never used")
    return Outcome(
        outcome="not_applicable",
        events=events,
        reason=f"{named(fact)} was last used on {said(events[-1].occurred_at)}; each use is judged as an event",
    )


def _event(fact: Fact, at: datetime, credentials: list[str], register: Register | None) -> JudgedEvent:
    key, use = fact.key, f"{named(fact)} was used on {said(at)} ({' and '.join(credentials)})"
    if register is None:
        return JudgedEvent(occurred_at=at, outcome="unknown", reason=f"{use}; the approvals register is not kept here")
    for approval in register.approvals:
        covers = approval.ends_at is None or at < approval.ends_at
        if (
            approval.subject in (key, key.split("/", maxsplit=1)[0])
            and approval.reason
            and approval.approved_at < at
            and covers
        ):
            return JudgedEvent(
                occurred_at=at,
                outcome="pass",
                reason=f"{use}, approved on {said(approval.approved_at)}: {approval.reason}",
            )
    if at < register.opened_at:
        return JudgedEvent(occurred_at=at, outcome="unknown", reason=f"{use}, before the approvals register was opened")
    return JudgedEvent(occurred_at=at, outcome="fail", reason=f"{use} without an approval dated before it")


CHECK = Check(
    id="aws.iam.root_not_used",
    kind="aws_credential_row",
    streams=("aws.iam.credential_report",),
    judge=judge,
    version=code_version(__file__),
    applies=applies,
)
