"""What a person sees while `make up` runs: one line per step, and the lines of the processes behind their names."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

_WIDTH = 10
_BURST_LINES = 25
_BURST_SECONDS = 10.0


class Throttle:
    """Lets 25 lines through in ten seconds; the rest of a burst is in the log file, and one line says so."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._since = 0.0
        self._lines = 0

    def refuses(self, _line: str) -> bool:
        """Count a line and say whether it is one too many."""
        now = time.monotonic()
        if now - self._since > _BURST_SECONDS:
            self._since, self._lines = now, 0
        self._lines += 1
        if self._lines == _BURST_LINES + 1:
            self._tell()
        return self._lines > _BURST_LINES


class Console:
    """Writes whole lines to standard output from several threads; a closed terminal never stops the supervisor."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = time.monotonic()

    def say(self, text: str = "") -> None:
        """Write a line of the supervisor itself."""
        with self._lock:
            try:
                sys.stdout.write(f"{text}\n")
                sys.stdout.flush()
            except (OSError, ValueError):
                return

    def step(self, name: str, text: str) -> None:
        """Write a progress line with the seconds since the start."""
        self.say(f"  {time.monotonic() - self._began:5.1f} s  {name:<{_WIDTH}} {text}")

    def line(self, name: str, text: str) -> None:
        """Write a line that the process `name` wrote."""
        self.say(f"{name:>{_WIDTH}} | {text}")
