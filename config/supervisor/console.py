"""What a person sees while `make up` runs: one line per step, and the lines of the processes behind their names."""

from __future__ import annotations

import sys
import threading
import time

_WIDTH = 10


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
