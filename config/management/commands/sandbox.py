"""`manage.py sandbox`: the sandbox company, its people, its three cloud accounts and its history of nine weeks."""

from __future__ import annotations

import json
import signal
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

CLOCK_EVERY_SECONDS = 300.0


class Command(BaseCommand):
    """Safe to kill and to run again at any point; what is there already is kept."""

    help = "Set up the sandbox company and replay its history (embedded mode only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=Path, help="where to write how everybody signs in (JSON, mode 0600)")
        parser.add_argument("--follow", action="store_true", help="stay, keep the clock at real time, pull every day")
        parser.add_argument("--days", type=int, nargs="*", help="pull only these simulated days, then end (tests)")

    def handle(self, *_args: Any, **given: Any) -> None:
        if settings.MODE not in {"embedded", "test"} or not settings.AWS_ENDPOINT:
            raise CommandError("The sandbox company exists in embedded mode only; it needs the stand-in AWS.")
        signal.signal(signal.SIGTERM, _leave)
        replay = self._set_up(given["people"])
        if given["days"] is not None:
            replay.pull_days(given["days"])
            return
        pulled = replay.catch_up()
        replay.reach_real_time()
        self._say(f"history complete, {pulled} days pulled now; the company goes on in real time")
        if given["follow"]:
            self._follow(replay)

    def _set_up(self, people_file: Path | None) -> Any:
        from config.sandbox.acts import AliceActs
        from config.sandbox.connect import connect_accounts
        from config.sandbox.founding import open_company
        from config.sandbox.program import set_up_program
        from config.sandbox.replay import Replay
        from config.sandbox.stand_in import StandInControl
        from config.sandbox.tickets import WorkerScopes
        from dev.sandbox.company.calendar import FIRST_PULL_DAY, moment
        from dev.sandbox.company.people import sign_ins

        folder = settings.DATA / "sandbox"
        fresh, began_on = not (folder / "story.json").exists(), _began_on(folder / "story.json")
        starts_at = moment(began_on, FIRST_PULL_DAY - 1)
        stand_in = StandInControl(settings.AWS_ENDPOINT)
        if fresh:
            stand_in.answer_for(began_on, starts_at)
        known = sign_ins(folder / "sign-ins.json")
        with open_company(known, starts_at=starts_at) as company:
            set_up_program(company, began_on=began_on)
            connection_ids = connect_accounts(company, stand_in)
            scopes, alice = WorkerScopes(company.organization_id), AliceActs(company.people["alice"])
        if people_file is not None:
            _write_people(people_file, known)
        self._say("company, people, controls and connections are there")
        return Replay(
            scopes=scopes, connection_ids=connection_ids, stand_in=stand_in, began_on=began_on,
            tell=self._say, acts=alice.on,
        )  # fmt: skip

    def _follow(self, replay: Any) -> None:
        """Keep the organization's clock at real time and pull at the daily pull time, until told to stop."""
        waiting = threading.Event()
        while True:
            due = replay.next_pull_at()
            while datetime.now(UTC) < due:  # noqa: TID251  real time is what is waited for
                waiting.wait(CLOCK_EVERY_SECONDS)
                replay.reach_real_time()
            replay.catch_up()
            replay.reach_real_time()

    def _say(self, line: str) -> None:
        self.stdout.write(f"sandbox: {line}")
        self.stdout.flush()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _began_on(file: Path) -> date:
    """The first day of this installation's story, chosen once: the window is to end its ninth week yesterday."""
    from dev.sandbox.company.calendar import beginning
    from dev.sandbox.company.people import TIME_ZONE, write_private

    if not file.exists():
        today = datetime.now(ZoneInfo(TIME_ZONE)).date()  # noqa: TID251  chosen once, at installation
        write_private(file, json.dumps({"began_on": beginning(today).isoformat()}))
    return date.fromisoformat(json.loads(file.read_text("utf-8"))["began_on"])


def _write_people(file: Path, known: Any) -> None:
    """How everybody signs in, for the supervisor's announcement."""
    from dev.sandbox.company.people import PEOPLE, write_private

    listed = []
    for person in PEOPLE:
        sign_in = known[person.key]
        until = None
        if person.days_left is not None:
            last = datetime.now(UTC).date() + timedelta(days=person.days_left)  # noqa: TID251  real access, real time
            until = last.isoformat()
        listed.append(
            {
                "name": sign_in.name, "email": sign_in.email, "password": sign_in.password, "role": sign_in.role,
                "where": "auditor" if sign_in.role == "auditor" else "web", "until": until,
                "second_factor": f"authenticator secret {sign_in.totp_secret} (code now: manage.py totp {person.key})",
            }
        )  # fmt: skip
    write_private(file, json.dumps(listed, indent=2) + "\n")
