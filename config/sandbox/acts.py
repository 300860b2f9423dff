"""What people of the company do by hand on a simulated day: planning dates and performing what is due."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from accounts.services import close_session, open_session
from compliance.selectors.coming_up import ComingUp, coming_up
from compliance.selectors.windows import current_window
from compliance.services import perform_occurrence, plan_occurrences
from dev.sandbox.company.people import SLUG
from dev.sandbox.company.program import PLANNED_FROM, WRITTEN, is_performed
from organizations import clock, scope

_FACTORS = ("password", "totp")
_EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))
_PARTS = {written.key: written.manual for written in WRITTEN if written.manual}


class AliceActs:
    """Acts as the security owner; a session is opened for each day on which there may be something to do."""

    def __init__(self, person_id: UUID, slug: str = SLUG) -> None:
        self._person_id = person_id
        self._slug = slug

    def on(self, day: int, today: date) -> int:
        """Do what the story says for simulated day `day` (`today` in the company's zone); safe to repeat.
        Returns how many occurrences were performed."""
        token = open_session(person_id=self._person_id, factors=_FACTORS)
        try:
            with scope.session(token, self._slug):
                self._plan(day)
                due = self._to_perform(day, today)
                for occurrence in due:
                    perform_occurrence(occurrence_id=occurrence.id)
            return len(due)
        finally:
            close_session(token=token)

    def _plan(self, day: int) -> None:
        planned = {row.control_key for row in coming_up(*_EVER)}
        window = current_window()
        if window is None or clock.now() >= window.end - timedelta(days=1):
            return
        for key, from_day in PLANNED_FROM.items():
            if day >= from_day and key not in planned:
                plan_occurrences(control_key=key, part_id=_PARTS[key])

    def _to_perform(self, day: int, today: date) -> list[ComingUp]:
        seen: Counter[str] = Counter()
        found = []
        for row in coming_up(*_EVER):
            number = seen[row.control_key]
            seen[row.control_key] += 1
            if row.performed_at is None and is_performed(
                row.control_key, number=number, due_on=row.due_on, today=today, day=day
            ):
                found.append(row)
        return found
