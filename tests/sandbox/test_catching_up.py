"""The order of days: which are replayed, where a later run goes on, and that nothing runs into the future."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from config.sandbox.replay import Replay
from config.sandbox.tickets import WorkerScopes
from dev.sandbox.company.calendar import FIRST_PULL_DAY, beginning, moment
from organizations import clock
from tests.cast import Organization
from tests.sandbox.test_simulated_time import make_sandbox

TODAY = datetime.now(UTC).date()


@dataclass
class Asked:
    """Stands where the stand-in's control is; keeps what it was told."""

    moments: list[datetime | None] = field(default_factory=list)

    def answer_for(self, _began_on: date, at: datetime | None) -> None:
        self.moments.append(at)


def replay_of(organization: Organization, began_on: date) -> tuple[Replay, Asked, list[str]]:
    asked, told = Asked(), list[str]()
    stand_in: Any = asked
    scopes = WorkerScopes(organization.id)
    return Replay(scopes=scopes, connection_ids=(), stand_in=stand_in, began_on=began_on, tell=told.append), asked, told


def now_in(organization: Organization) -> datetime:
    with organization.job(task="sandbox"):
        return clock.now()


def test_a_new_story_is_replayed_from_the_morning_before_the_window_to_the_last_past_pull() -> None:
    began_on = beginning(TODAY)
    sandbox = make_sandbox(moment(began_on, FIRST_PULL_DAY - 1))
    replay, asked, told = replay_of(sandbox, began_on)
    pulled = replay.catch_up()
    assert 63 <= pulled <= 65, "63 days up to yesterday, the morning before the window, and today once it is six"
    assert asked.moments == [moment(began_on, day, "06:00") for day in range(FIRST_PULL_DAY, pulled - 1)]
    assert asked.moments[-1] is not None and asked.moments[-1] <= datetime.now(UTC)
    assert now_in(sandbox) == asked.moments[-1]
    assert 10 <= len(told) <= 15 and f"{pulled} of {pulled} days" in told[-1]


def test_a_later_run_repeats_the_day_it_was_in_at_the_clock_and_goes_on() -> None:
    began_on = TODAY - timedelta(days=6)
    sandbox = make_sandbox(moment(began_on, 3, "15:00"))
    replay, asked, _ = replay_of(sandbox, began_on)
    replay.catch_up()
    assert asked.moments[0] == moment(began_on, 3, "15:00"), "not at six: the clock never goes back"
    assert asked.moments[1:3] == [moment(began_on, 4, "06:00"), moment(began_on, 5, "06:00")]


def test_real_time_is_reached_and_the_next_pull_lies_ahead() -> None:
    began_on = TODAY - timedelta(days=2)
    sandbox = make_sandbox(moment(began_on, 1))
    replay, asked, _ = replay_of(sandbox, began_on)
    for _ in range(2):
        replay.reach_real_time()
        assert asked.moments[-1] is None
        assert timedelta(0) < datetime.now(UTC) - now_in(sandbox) < timedelta(seconds=30)
    assert timedelta(0) < replay.next_pull_at() - datetime.now(UTC) <= timedelta(hours=25)
