"""Which moment the stand-in answers for: a simulated one while history is replayed, else the wall clock.

The choice survives a restart of the stand-in in one small file of the data folder.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

from dev.sandbox.company.calendar import beginning
from dev.sandbox.company.people import write_private


def wall_clock() -> datetime:
    """Real time, UTC: a stand-in lives outside the product, so no organization's clock applies to it."""
    return datetime.now(UTC)


class StandInClock:
    """Holds the first day of the story and the simulated moment; `at` None means real time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.began_on: date = beginning(wall_clock().date())
        self.at: datetime | None = None
        if file.exists():
            kept = json.loads(file.read_text("utf-8"))
            self.set(date.fromisoformat(kept["began_on"]), kept["at"] and datetime.fromisoformat(kept["at"]))

    def set(self, began_on: date, at: datetime | None) -> None:
        """Answer for `at` (aware; None = real time) of the story that began on `began_on`, also after a restart."""
        if at is not None and at.tzinfo is None:
            raise ValueError("the simulated moment needs a time zone")
        self.began_on, self.at = began_on, at and at.astimezone(UTC)
        write_private(self._file, json.dumps(self.described()))

    def now(self) -> datetime:
        """The UTC moment to answer for."""
        return self.at or wall_clock()

    def described(self) -> dict[str, str | None]:
        """The state as JSON values."""
        return {"began_on": self.began_on.isoformat(), "at": self.at.isoformat() if self.at else None}
