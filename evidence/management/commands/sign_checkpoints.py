"""The signer process."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from evidence.keyfiles import KeyFileProblem, read_signer_key
from evidence.ledger.signer import Round, Signer
from evidence.ledger.signer_database import SignerDatabase
from evidence.ledger.signer_state import StateDamaged, StateFile
from evidence.ledger.wake import SignerBell
from organizations.gate.boot import refuse_unsafe_database

log = logging.getLogger("evidence.signer")
# A nudge wakes at once; without one (or without Redis) the logs are looked at this often.
LOOK_EVERY = 5.0
REST = 1.0
AFTER_AN_ERROR = 2.0


def own_clock() -> datetime:
    """The signer's own clock, UTC: comparing it with the database's is the point."""
    return datetime.fromtimestamp(time.time(), tz=UTC)


class Command(BaseCommand):
    help = "Sign a checkpoint of every organization's log that grew, and of every log each ten minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one pass; exit 1 if a log was refused")

    def handle(self, *_args: Any, once: bool, **_options: Any) -> None:
        refuse_unsafe_database()
        if once:
            self._once()
            return
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, _leave)
        bell = SignerBell(settings.REDIS_URL)
        while True:
            # A server that went away, or a damaged state file: say so, sign nothing, try again.
            try:
                self._work(bell)
            except (psycopg.Error, OSError, StateDamaged) as error:
                log.error("nothing was signed: %s", error)  # noqa: TRY400 -- the sentence says it, the trace does not
                time.sleep(AFTER_AN_ERROR)

    def _once(self) -> None:
        try:
            with contextlib.closing(SignerDatabase(settings.ROLE_DSN["app_signer"])) as database:
                done = _signer(database).run()
        except (psycopg.Error, OSError, StateDamaged) as error:
            raise CommandError(f"Nothing was signed: {error}") from error
        self._tell(done, always=True)
        if done.refused:
            raise CommandError(f"{len(done.refused)} log(s) were refused.")

    def _work(self, bell: SignerBell) -> None:
        with contextlib.closing(SignerDatabase(settings.ROLE_DSN["app_signer"])) as database:
            signer = _signer(database)
            while True:
                self._tell(signer.run())
                time.sleep(REST)
                bell.wait(LOOK_EVERY)

    def _tell(self, done: Round, *, always: bool = False) -> None:
        for refusal in done.refused:
            self.stderr.write(f"REFUSED log {refusal.log_id or '(all)'}: {refusal.reason}")
        if done.signed or always:
            self.stdout.write(f"signed {len(done.signed)} log(s), {len(done.first_seen)} seen for the first time")


def _signer(database: SignerDatabase) -> Signer:
    try:
        key = read_signer_key(Path(settings.SIGNER_KEY_FILE))
    except KeyFileProblem as error:
        raise CommandError(str(error)) from error
    state = StateFile(Path(settings.SIGNER_STATE_FILE))
    return Signer(source=database, state=state, key=key, host=settings.LEDGER_HOST, clock=own_clock)


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
