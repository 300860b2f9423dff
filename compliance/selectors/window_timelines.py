"""Status of every control over a window, from the ledgers: the one source of headline, heatmap, timeline and auditor view.

Seven queries at any number of controls; the arithmetic is `compliance/timeline`, which is pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import OuterRef, Subquery

from compliance.catalog import load
from compliance.checks import registry
from compliance.models import CheckInForce, CurrentOutcome, Event, Occurrence, Performance
from compliance.selectors.adopted import DefinitionRow, definitions
from compliance.selectors.flip_lines import flip_lines
from compliance.timeline.build import Ledgers, build
from compliance.timeline.inputs import (
    CheckStart,
    ControlSpec,
    Definition,
    EventRow,
    Lapse,
    OccurrenceRow,
    PartSpec,
    PullRow,
)
from compliance.timeline.types import ControlTimeline, Duty
from compliance.timeline.window import Window
from inventory import selectors as inventory


def window_timelines(
    window: Window,
    as_of: datetime,
    *,
    keys: Sequence[str] | None = None,
    given: Sequence[DefinitionRow] | None = None,
) -> dict[str, ControlTimeline]:
    """Timelines by control key over ``[window.start, min(as_of, window.end))``, of all controls or only of ``keys``.

    ``as_of``: usually the scope's ``opened_at``; what was observed after it is left out, and the arithmetic is done
    with the ledgers as they are now. ``given``: what `adopted.definitions` read, so that a page reads it once.
    """
    versions = _in_force(definitions(keys) if given is None else given, window.seen_until(as_of))
    checks = {check_id for row in versions for check_id in row.checks} & registry.CHECKS.keys()
    until = window.seen_until(as_of)
    pulls = _pulls(checks, window, until)
    occurrences = _occurrences(versions)
    parts = _parts(versions, {pull.stream for pull in pulls}, {row.part_id for row in occurrences})
    ledgers = Ledgers(
        flips=flip_lines(checks, window.start, until),
        events=_events(checks, window, until),
        lapses=_lapses(checks, until),
        pulls=pulls,
        starts=_starts(checks, until),
        occurrences=occurrences,
    )
    return build(_controls(versions), parts, ledgers, window, as_of)


def _in_force(versions: Iterable[DefinitionRow], until: datetime) -> list[DefinitionRow]:
    """A definition that was not in force yet is left out, except the first: the control is shown, not adopted yet."""
    return [row for row in versions if row.version == 1 or row.effective_at < until]


def _controls(versions: Iterable[DefinitionRow]) -> list[ControlSpec]:
    by_key: dict[str, list[Definition]] = {}
    for row in versions:
        parts = tuple(row.checks) + tuple(part["id"] for part in row.manual)
        by_key.setdefault(row.key, []).append(
            Definition(version=row.version, effective_at=row.effective_at, parts=parts)
        )
    return [ControlSpec(key=key, definitions=tuple(definitions)) for key, definitions in by_key.items()]


def _parts(versions: Iterable[DefinitionRow], read: set[str], planned: set[str]) -> Mapping[str, PartSpec]:
    parts: dict[str, PartSpec] = {}
    for row in versions:
        for check_id in row.checks:
            parts.setdefault(check_id, _check(check_id, read))
        for manual in row.manual:
            parts.setdefault(manual["id"], _manual(manual["id"], manual["document"], planned))
    return parts


def _check(check_id: str, read: set[str]) -> PartSpec:
    statement, check = load.checks()[check_id], registry.CHECKS.get(check_id)
    streams = check.streams if check else ()
    unread = next((stream for stream in streams if stream not in read), None)
    missing = ""
    if check is None:
        missing = f"{statement.title} is not collected yet: this version has no check for it"
    elif unread is not None:
        missing = f"{statement.title} is not collected yet: no connected system reads {load.streams()[unread].name}"
    return PartSpec(
        id=check_id,
        title=statement.title,
        kind="check",
        duty=statement.duty,
        streams=streams,
        remediation_days=statement.remediation_days,
        missing_reason=missing,
    )


def _manual(part_id: str, document: str, planned: set[str]) -> PartSpec:
    missing = "" if part_id in planned else f"{document} is not collected yet: nobody has been asked for it"
    return PartSpec(id=part_id, title=document, kind="manual", duty=Duty.PERIODIC, missing_reason=missing)


def _pulls(checks: Iterable[str], window: Window, until: datetime) -> list[PullRow]:
    streams = sorted({stream for check_id in checks for stream in registry.CHECKS[check_id].streams})
    return [
        PullRow(
            connection_id=tick.connection_id,
            stream=tick.stream,
            outcome=tick.outcome,
            observed_at=tick.observed_at,
            fresh_until=tick.fresh_until,
            collector_version=tick.collector_version,
            credential_identity=tick.credential_identity,
            reason=tick.reason,
        )
        for tick in inventory.coverage_ticks(streams, window.start, until)
    ]


def _events(checks: Iterable[str], window: Window, until: datetime) -> list[EventRow]:
    """The last revision of each event inside the window."""
    rows = Event.objects.filter(check_id__in=list(checks), occurred_at__gte=window.start, occurred_at__lt=until)
    rows = rows.order_by("check_id", "connection_id", "resource_key", "occurred_at", "-revision")
    return [
        EventRow(
            id=row.id,
            check_id=row.check_id,
            connection_id=row.connection_id,
            resource_key=row.resource_key,
            outcome=row.outcome,
            reason=row.reason,
            seal=row.seal,
            occurred_at=row.occurred_at,
            observed_at=row.observed_at,
        )
        for row in rows.distinct("check_id", "connection_id", "resource_key", "occurred_at")
    ]


def _lapses(checks: Iterable[str], until: datetime) -> list[Lapse]:
    rows = CurrentOutcome.objects.filter(check_id__in=list(checks), valid_until__lt=until)
    return [
        Lapse(check_id=check_id, connection_id=connection_id, resource_key=key, valid_until=at)
        for check_id, connection_id, key, at in rows.values_list(
            "check_id", "connection_id", "resource_key", "valid_until"
        )
    ]


def _starts(checks: Iterable[str], until: datetime) -> list[CheckStart]:
    rows = CheckInForce.objects.filter(check_id__in=list(checks), observed_at__lt=until).order_by("observed_at", "id")
    return [
        CheckStart(
            check_id=row.check_id,
            connection_id=row.connection_id,
            version=row.check_version,
            parameters=row.parameters_version,
            observed_at=row.observed_at,
        )
        for row in rows
    ]


def _occurrences(versions: Iterable[DefinitionRow]) -> list[OccurrenceRow]:
    performance = Performance.objects.filter(occurrence_id=OuterRef("id"))
    rows = Occurrence.objects.filter(control_id__in={row.control_id for row in versions}).annotate(
        performed_at=Subquery(performance.values("performed_at")), signature=Subquery(performance.values("seal"))
    )
    return [
        OccurrenceRow(
            id=row.id,
            part_id=row.part_id,
            opens_at=row.opens_at,
            at_risk_at=row.at_risk_at,
            due_at=row.due_at,
            performed_at=row.performed_at,
            seal=row.signature,
        )
        for row in rows.order_by("due_at", "id")
    ]
