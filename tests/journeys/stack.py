"""The real thing: `manage.py up` in a data folder of its own, with the sandbox company."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
READY = re.compile(r"Attestry is ready: (http://localhost:\d+)")
AUDITORS = re.compile(r"Auditors sign in at:\s+(http://localhost:\d+)")
HISTORY = re.compile(r"history[^\n]*complete", re.IGNORECASE)
SECONDS_TO_READY, SECONDS_OF_HISTORY = 180.0, 600.0


@dataclass(frozen=True)
class Stack:
    """A running installation. `people` is keyed by first name in lower case: email, password, totp_secret."""

    address: str
    auditors: str
    slug: str
    people: dict[str, dict[str, str]]

    def page(self, path: str = "") -> str:
        """Address of a page of the sandbox company."""
        return f"{self.address}/o/{self.slug}/{path}"


@contextmanager
def running() -> Iterator[Stack]:
    """Start everything, wait until the history is complete, stop everything.

    `JOURNEY_DATA` names the data folder of an installation that runs already (for the person who works on pages).
    """
    given = os.environ.get("JOURNEY_DATA")
    if given:
        yield _joined(Path(given), os.environ["JOURNEY_ADDRESS"], os.environ.get("JOURNEY_AUDITORS", ""))
        return
    with tempfile.TemporaryDirectory(prefix="attestry-journeys-") as data:
        started = _Started(Path(data))
        try:
            address = started.wait(READY, SECONDS_TO_READY).group(1)
            auditors = started.wait(AUDITORS, 10).group(1)
            started.wait(HISTORY, SECONDS_OF_HISTORY)
            yield _joined(Path(data), address, auditors)
        finally:
            started.stop()


def _joined(data: Path, address: str, auditors: str) -> Stack:
    people = json.loads((data / "sandbox" / "sign-ins.json").read_text())
    return Stack(address=address, auditors=auditors, slug="halyard", people=people)


class _Started:
    """The process, and what it has said so far."""

    def __init__(self, data: Path) -> None:
        clean = ("ATTESTRY_", "DATABASE_URL", "REDIS_URL", "DB_PASSWORD_", "DJANGO_", "PYTEST_")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(clean)}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", "8600"],
            cwd=PROJECT,
            text=True,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment | {"ATTESTRY_DATA": str(data), "PYTHONUNBUFFERED": "1"},
        )
        self.said = ""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def wait(self, pattern: re.Pattern[str], seconds: float) -> re.Match[str]:
        """The first match in what the process says. Raises with its last words when it does not come in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := pattern.search(self.said):
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.2)
        raise AssertionError(f"no {pattern.pattern!r} after {seconds:.0f} s:\n{self.said[-3000:]}")

    def stop(self) -> None:
        """Ask it to stop as Ctrl-C does; end it when it does not."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(90)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
