"""Occurrences of periodic parts: planned in advance, performed at their signature, never back-dated."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from compliance.errors import AlreadyPerformed, InvalidWindow, UnknownControl, UnknownPart
from compliance.models import Control, ControlVersion, ObservationWindow, Occurrence, Performance
from compliance.timeline.cadence import due_dates
from compliance.timeline.window import Window
from organizations import clock, scope
from organizations.gate.unnest import insert_rows
from organizations.services.record_activity import record_activity


def plan_occurrences(*, control_key: str, part_id: str) -> int:
    """Expect a manual part of a control on the dates of its cadence inside the window in force; from then on the part is
    collected. Only dates that have not passed are planned, and planning again adds none twice. Returns how many are new.

    Raises UnknownControl, UnknownPart (not a part of the definition in force, or without a cadence), InvalidWindow.
    """
    version = (
        ControlVersion.objects.select_related("control").filter(control__key=control_key).order_by("-version").first()
    )
    if version is None:
        raise UnknownControl(f"{control_key} is not one of this organization's controls.", what_to_do="Adopt it first.")
    part = next((part for part in version.manual if part["id"] == part_id), None)
    if part is None:
        raise UnknownPart(f"{part_id} is not a part of {control_key}.", what_to_do="Choose one of its manual parts.")
    window = _window()
    dates = [due for due in due_dates(part["cadence"], window) if due.due_at > clock.now()]
    if not dates:
        raise UnknownPart(
            f"{part_id} has no date to come in this window ({part['cadence']}).",
            what_to_do="Plan it in the next window, or choose a part with a cadence.",
        )
    made = insert_rows(
        Occurrence,
        [
            {
                "control_id": version.control_id,
                "control_version": version.version,
                "part_id": part_id,
                "opens_at": due.opens_at,
                "at_risk_at": due.at_risk_at,
                "due_on": due.due_on,
                "due_at": due.due_at,
            }
            for due in dates
        ],
        conflict="do nothing",
    )
    record_activity("occurrences.planned", subject=f"control:{control_key}", detail={"part": part_id, "count": made})
    return made


def perform_occurrence(*, occurrence_id: UUID, seal: int | None = None) -> datetime:
    """Record that the bound member performed an occurrence now, by the organization's clock; after its date it is late
    and stays so. ``seal``: the sealed signature, where there is one. Returns its moment, UTC.

    Raises UnknownPart for an occurrence that is not here, AlreadyPerformed.
    """
    occurrence = Occurrence.objects.filter(id=occurrence_id).first()
    if occurrence is None:
        raise UnknownPart("There is no such occurrence.", what_to_do="Open it from the list of what comes up.")
    if Performance.objects.filter(occurrence=occurrence).exists():
        raise AlreadyPerformed(
            "This occurrence was performed already.", what_to_do="A correction is a new record beside it."
        )
    at = clock.now()
    Performance.objects.create(occurrence=occurrence, member_id=scope.current().actor_id, performed_at=at, seal=seal)
    control = Control.objects.get(id=occurrence.control_id)
    record_activity(
        "occurrence.performed",
        subject=f"control:{control.key}",
        detail={"part": occurrence.part_id, "due_on": str(occurrence.due_on)},
    )
    return at


def _window() -> Window:
    row = ObservationWindow.objects.order_by("-recorded_at", "-id").first()
    if row is None:
        raise InvalidWindow("No window is set.", what_to_do="Set the observation window first.")
    return Window(starts_on=row.starts_on, ends_on=row.ends_on, zone=row.zone)
