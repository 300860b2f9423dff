"""Hand-made timelines: the whole vocabulary of states without a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from compliance.selectors.standing import ControlInScope, Owner, Standing, standing
from compliance.timeline.types import (
    Candidate,
    Cause,
    ControlTimeline,
    Duty,
    Interval,
    PartTimeline,
    State,
)
from compliance.timeline.window import Window

NAMESPACE = UUID("5d3bb2c3-6f5a-4a0e-9d9c-1f2f9c2c7d11")
WINDOW = Window(starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 30), zone="America/New_York")
NOW = datetime(2026, 11, 2, 14, 12, tzinfo=UTC)

PRIYA = Owner(id=uuid5(NAMESPACE, "priya"), name="Priya Raman")
SAM = Owner(id=uuid5(NAMESPACE, "sam"), name="Sam Whitlock")
TOM = Owner(id=uuid5(NAMESPACE, "tom"), name="Tom Okafor")


def control(
    key: str,
    title: str,
    *,
    owner: Owner | None = PRIYA,
    group: str = "access",
    criteria: Sequence[str] = ("CC6.1",),
    statement: str = "",
    duties: Sequence[str] = ("continuous",),
    written: bool = False,
) -> ControlInScope:
    """A control in scope as the pages see it."""
    return ControlInScope(
        key=key,
        title=title,
        statement=statement or f"{title}.",
        criteria=tuple(criteria),
        group=group,
        duties=tuple(duties),
        frequency="daily",
        owner=owner,
        written=written,
        version=1,
        definition_changed_at=datetime(2026, 8, 12, tzinfo=UTC),
    )


def timeline(
    key: str,
    *spans: tuple[int, float, State, str],
    window: Window = WINDOW,
    as_of: datetime = NOW,
    events: Sequence[float] = (),
    missing: int = 0,
    parts: int = 1,
    resource: str = "310000000101/attestry-logs",
) -> ControlTimeline:
    """A timeline from (first day, length in days, state, reason); everything else operates until ``as_of``."""
    until = window.seen_until(as_of)
    intervals: list[Interval] = []
    at = window.start
    required = parts + missing
    for first, length, state, reason in spans:
        begin = window.start + timedelta(days=first)
        end = min(begin + timedelta(days=length), until)
        if begin > at:
            intervals.append(_interval(at, begin, State.OPERATING, "", required, required))
        cause = Cause(
            check_id="aws.s3.bucket_not_public",
            resource_key=resource,
            reason=reason,
            seal=412,
            due_at=begin + timedelta(days=6) if state is State.AT_RISK else None,
        )
        intervals.append(_interval(begin, end, state, reason, parts, required, (cause,)))
        at = end
    if at < until:
        intervals.append(_interval(at, until, State.OPERATING, "", required, required))
    if missing:
        reason = f"{missing} of {required} parts are not collected"
        intervals = [_interval(window.start, until, State.NOT_OBSERVED, reason, parts, required)]
    return ControlTimeline(
        key=key,
        intervals=tuple(intervals),
        parts=_parts(key, intervals, parts, missing, until),
        candidates=_candidates(key, intervals, events, window, until, resource),
    )


def _interval(
    from_at: datetime,
    until: datetime,
    state: State,
    reason: str,
    ran: int,
    required: int,
    causes: tuple[Cause, ...] = (),
) -> Interval:
    return Interval(
        from_at=from_at,
        until=until,
        state=state,
        reason=reason,
        parts_ran=ran,
        parts_required=required,
        causes=causes,
        cause_count=len(causes),
    )


def _parts(
    key: str, intervals: Sequence[Interval], ran: int, missing: int, until: datetime
) -> tuple[PartTimeline, ...]:
    collected = [
        PartTimeline(
            id="aws.s3.bucket_not_public",
            title="No bucket is public",
            kind="check",
            duty=Duty.CONTINUOUS,
            collected=True,
            missing_reason="",
            intervals=tuple(intervals),
            coverage_done=60,
            coverage_planned=63,
            last_run_at=until - timedelta(minutes=8) if intervals else None,
        )
    ] * ran
    absent = [
        PartTimeline(
            id=f"{key}.{n}",
            title=f"Register {n} of {key}",
            kind="manual",
            duty=Duty.PERIODIC,
            collected=False,
            missing_reason="Manual duties are not collected yet.",
            intervals=(),
            coverage_done=0,
            coverage_planned=0,
            last_run_at=None,
        )
        for n in range(1, missing + 1)
    ]
    return (*collected, *absent)


def _candidates(
    key: str, intervals: Sequence[Interval], events: Sequence[float], window: Window, until: datetime, resource: str
) -> tuple[Candidate, ...]:
    lasting = [
        Candidate(
            control_key=key,
            check_id="aws.s3.bucket_not_public",
            resource_key=resource,
            kind="interval",
            began_at=i.from_at,
            from_at=i.from_at,
            until=None if i.until == until else i.until,
            reason=i.reason,
            seal=412,
            remediation_due_at=i.from_at + timedelta(days=4),
            causes=i.causes,
        )
        for i in intervals
        if i.state is State.EXCEPTION
    ]
    dated = [
        Candidate(
            control_key=key,
            check_id="aws.iam.root_not_used",
            resource_key=resource.partition("/")[0],
            kind="event",
            began_at=window.start + timedelta(days=day),
            from_at=window.start + timedelta(days=day),
            until=window.start + timedelta(days=day),
            reason="The root user was used",
            seal=77,
        )
        for day in events
    ]
    return (*lasting, *dated)


def standings(as_of: datetime = NOW, window: Window = WINDOW) -> tuple[Standing, ...]:
    """A small company in every state."""
    made = [
        (
            control("AC-04", "Leavers lose access within 24 h", criteria=("CC6.2", "CC6.3"), duties=("timed",)),
            timeline(
                "AC-04",
                (14, 9, State.NOT_OBSERVED, "The directory did not answer"),
                (41, 1, State.AT_RISK, "k.bauer left, 24 hours to remove"),
                (42, 5, State.EXCEPTION, "k.bauer kept an IAM user"),
                (54, 99, State.EXCEPTION, "j.reyes kept a database role"),
                resource="310000000101/j.reyes",
            ),
        ),
        (
            control("AC-02", "MFA on every workforce account", owner=SAM, criteria=("CC6.1", "CC6.6")),
            timeline("AC-02", (17, 3, State.NOT_OBSERVED, "AWS did not answer")),
        ),
        (control("AC-07", "Root is not used", owner=TOM, duties=("event",)), timeline("AC-07", events=(43.5,))),
        (
            control("NET-01", "No public storage buckets", owner=SAM),
            timeline("NET-01", (30, 2, State.EXCEPTION, "The bucket policy is public")),
        ),
        (
            control("LOG-03", "High alerts triaged within 5 days", owner=SAM, group="logging", criteria=("CC7.2",)),
            timeline("LOG-03", (59, 99, State.AT_RISK, "1 of 14 alerts, day 3 of 5")),
        ),
        (
            control("AVL-02", "Backups restore-tested monthly", owner=TOM, group="logging", criteria=("A1.3",)),
            timeline("AVL-02", (50, 99, State.NOT_OBSERVED, "The backup connection lost its role")),
        ),
        (
            control(
                "GOV-01", "Information security programme owner", owner=None, group="policies", criteria=("CC1.3",)
            ),
            timeline("GOV-01", missing=3, parts=0),
        ),
        (
            control("AI-02", "Model providers on zero retention", owner=SAM, group="vendors", criteria=("CC9.2",)),
            timeline("AI-02", missing=1, parts=4),
        ),
        (
            control("DAT-06", "Customer data deleted in 30 days", owner=TOM, group="own", written=True),
            timeline("DAT-06", (0, 99, State.NO_OCCURRENCE, "0 requests, list complete")),
        ),
        *(
            (
                control(f"OK-{n:02}", f"Control number {n} that simply operates", group="automation"),
                timeline(f"OK-{n:02}"),
            )
            for n in range(1, 13)
        ),
    ]
    return tuple(standing(c, t, as_of) for c, t in made)
