"""Replays the written history: one pull per stream and simulated day, through the dispatcher and the workers.

The organization's clock says how far it has come, so a run that was killed goes on with the day it was in: that day
is pulled once more, which changes nothing where the first pull was complete.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from config.sandbox.stand_in import StandInControl
from config.sandbox.tickets import WorkerScopes
from dev.sandbox.company.calendar import FIRST_PULL_DAY, PULL_AT, day_of, moment
from integrations.selectors import unfinished
from integrations.services import end_leases, make_due
from organizations import clock

POLL_SECONDS = 0.05
# Longer than a lease: a message lost with the broker, or a worker killed with its work, is due again after it.
DAY_LIMIT_SECONDS = 420.0


class DayUnfinished(RuntimeError):
    """A simulated day did not complete: dispatcher or worker are away, or a pull hangs."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What a replay needs: the organization, its connections, the stand-in, the first day, where to tell progress."""

    scopes: WorkerScopes
    connection_ids: Sequence[UUID]
    stand_in: StandInControl
    began_on: date
    tell: Callable[[str], None]
    acts: Callable[[int, date], object] = lambda _day, _today: None

    def catch_up(self) -> int:
        """Replay every day whose pull lies in the past and return how many days were pulled.

        Raises `DayUnfinished` when a day takes longer than seven minutes; calling again goes on there.
        """
        with self.scopes.bound():
            end_leases(connection_ids=tuple(self.connection_ids))  # their workers went with the installation's last run
        return self.pull_days(range(max(FIRST_PULL_DAY, self._day_of_clock()), self._last_past_day() + 1))

    def pull_days(self, days: Sequence[int]) -> int:
        """Pull the given simulated days one after another, telling how far it is; return how many they were."""
        began = time.monotonic()
        for count, day in enumerate(days, start=1):
            self.pull_day(day)
            if count in (1, len(days)) or count % 6 == 0:
                on, seconds = self.began_on + timedelta(days=day), time.monotonic() - began
                self.tell(f"history: {count} of {len(days)} days pulled, up to {on.isoformat()} ({seconds:.0f} s)")
        return len(days)

    def pull_day(self, day: int) -> None:
        """One pull of every stream on simulated day `day`, at its pull time or, when the organization's clock is past
        that already (the day is repeated), at the clock's; returns when all are done."""
        with self.scopes.bound():
            at = max(moment(self.began_on, day, PULL_AT), clock.now())
        self.stand_in.answer_for(self.began_on, at)
        with self.scopes.bound():
            clock.advance(at)
        self.acts(day, self.began_on + timedelta(days=day))
        with self.scopes.bound():
            make_due(connection_ids=tuple(self.connection_ids))
        self._wait(day)

    def reach_real_time(self) -> None:
        """Let stand-in and organization live in real time again."""
        self.stand_in.answer_for(self.began_on, None)
        with self.scopes.bound():
            clock.advance(max(_real_now() - timedelta(seconds=5), clock.now()))  # never ahead of the database's clock

    def next_pull_at(self) -> datetime:
        """The real instant of the next daily pull."""
        return moment(self.began_on, self._last_past_day() + 1, PULL_AT)

    def _day_of_clock(self) -> int:
        with self.scopes.bound():
            return day_of(self.began_on, clock.now())

    def _last_past_day(self) -> int:
        now = _real_now()
        day = day_of(self.began_on, now)
        return day if moment(self.began_on, day, PULL_AT) <= now else day - 1

    def _wait(self, day: int) -> None:
        limit = time.monotonic() + DAY_LIMIT_SECONDS
        while True:
            with self.scopes.bound():
                left = unfinished(connection_ids=tuple(self.connection_ids))
            if left == 0:
                return
            if time.monotonic() > limit:
                raise DayUnfinished(f"simulated day {day}: {left} pulls are still open after seven minutes")
            time.sleep(POLL_SECONDS)


def _real_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  how far real time has come bounds the history; no domain row gets it
