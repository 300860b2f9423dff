"""One supervised process: how it is started, when it counts as ready, and what happens when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.account import Account
from config.embedded.errors import LaunchError
from config.embedded.processes import stop_child
from config.supervisor.console import Console, Throttle

_LOG_BYTES = 20_000_000
_LOOP_SECONDS = 60.0
_CHECK_SECONDS = 60.0

Launch = Callable[[int], "subprocess.Popen[bytes]"]


@dataclass(frozen=True, kw_only=True)
class Program:
    """A process of the installation.

    `launch` starts it with its messages going to the given descriptor. `ready` is asked until it says True
    (`ready_within` seconds). `forever` programs are started again when they end; the others may end with status 0 and
    are tried again otherwise. `shown` says which lines reach the console; all are in the log file. `after_stop` cleans up
    behind a program that was told to end. `alive` is asked once a minute: a process that hangs is ended and started again.
    """

    name: str
    launch: Launch
    ready: Callable[[Child], bool] = lambda _child: True
    ready_within: float = 60.0
    forever: bool = True
    stop_signals: tuple[signal.Signals, ...] = (signal.SIGTERM,)
    stop_within: float = 8.0
    after_stop: Callable[[], None] = lambda: None
    alive: Callable[[Child], bool] = lambda _child: True
    shown: Callable[[str], bool] = lambda _line: True


@dataclass
class Child:
    """A program that is running, or is to run again at `next_start` (monotonic seconds)."""

    program: Program
    logs: Path
    console: Console
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    started: float = 0.0
    next_start: float = 0.0
    next_check: float = 0.0
    done: bool = False
    said: list[str] = field(default_factory=list)
    last: deque[str] = field(default_factory=lambda: deque(maxlen=3))

    @property
    def alive_for(self) -> float:
        """Seconds since the process was started; 0.0 when it is not alive."""
        alive = self.process is not None and self.process.poll() is None
        return time.monotonic() - self.started if alive else 0.0

    def start(self) -> None:
        """Start the program. Its lines go to its log file and, where shown, to the console behind its name."""
        reading, writing = os.pipe()
        self.said.clear()
        self._pump(reading)
        try:
            self.process = self.program.launch(writing)
        finally:
            os.close(writing)
        self.started = time.monotonic()

    def check_ready(self) -> bool:
        """Say whether the program is ready. Raises LaunchError when it ended or takes longer than it may."""
        if self.program.ready(self):
            return True
        if self.process is None or self.process.poll() is not None:
            time.sleep(0.1)  # the log thread may still be reading its last words
            told = "\n".join(f"    {line}" for line in self.last)
            raise LaunchError(f"{self.program.name} ended at once; see {self.log_file}\n{told}")
        if time.monotonic() - self.started > self.program.ready_within:
            raise LaunchError(
                f"{self.program.name} was not ready after {self.program.ready_within:.0f} s; see {self.log_file}"
            )
        return False

    def look(self) -> bool:
        """Start the program again when it ended and should not have; return whether its pid changed."""
        if self.done:
            return False
        if self.process is None:
            if time.monotonic() < self.next_start:
                return False
            return self._start_again()
        status = self.process.poll()
        if status is None:
            self._check_alive()
            return False
        self.process = None
        if status == 0 and not self.program.forever:
            self.done = True
            return True
        # A program that ran for a while is not in a loop: forget its earlier failures.
        self.restarts = self.restarts + 1 if time.monotonic() - self.started < _LOOP_SECONDS else 1
        pause = min(10.0, 0.25 * 2**self.restarts)
        self.next_start = time.monotonic() + pause
        self.console.step(self.program.name, f"ended with status {status}; starting it again in {pause:.1f} s")
        return True

    def stop(self, *, within: float) -> None:
        """Ask the program to end within `within` seconds, and make it end when it does not; its group goes with it."""
        self.done = True
        if self.process is not None:
            stop_child(self.process, self.program.stop_signals, min(within, self.program.stop_within))
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process = None
            self.program.after_stop()

    @property
    def log_file(self) -> Path:
        """Where everything that the program says is kept."""
        return self.logs / f"{self.program.name}.log"

    def _check_alive(self) -> None:
        if self.process is None or time.monotonic() < self.next_check:
            return
        self.next_check = time.monotonic() + _CHECK_SECONDS
        if not self.program.alive(self):
            self.console.step(self.program.name, "hangs; ending it")
            self.process.kill()

    def _start_again(self) -> bool:
        try:
            self.start()
        except LaunchError as error:
            self.next_start = time.monotonic() + 5.0
            self.console.step(self.program.name, f"{error}; trying again in 5 s")
        return True

    def _pump(self, reading: int) -> None:
        self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.log_file.exists() and self.log_file.stat().st_size > _LOG_BYTES:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))

        throttle = Throttle(lambda: self.console.line(self.program.name, f"... more in {self.log_file}"))

        def run() -> None:
            with os.fdopen(reading, "rb") as lines, self.log_file.open("ab", buffering=0) as file:
                for line in lines:
                    file.write(line)
                    text = line.decode("utf-8", "replace").rstrip()
                    self.last.append(text)
                    if len(self.said) < 200:
                        self.said.append(text)
                    if text and self.program.shown(text) and not throttle.refuses(text):
                        self.console.line(self.program.name, text)

        threading.Thread(target=run, name=f"log-{self.program.name}", daemon=True).start()


def launcher(command: tuple[str, ...], environment: Mapping[str, str], folder: Path) -> Launch:
    """Return a launch of `command` in its own process group, so that Ctrl-C reaches the supervisor alone.

    The supervisor then keeps the order of the stop; the kernel ends the command when the supervisor is killed.
    """

    def launch(log: int) -> subprocess.Popen[bytes]:
        options = Account(None, None).popen_options() | {"cwd": folder}
        return subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options
        )

    return launch
