"""Starting, watching and stopping the children of one installation."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from config.embedded.errors import LaunchError
from config.embedded.processes import stop_child
from config.supervisor.child import Child, Launch, Program
from config.supervisor.console import Console
from config.supervisor.running import RunFolder

# Longer than any child needs, shorter than a person (or `fresh-clone`) waits.
_STOP_SECONDS = 45.0


class StopAskedError(Exception):
    """Ctrl-C, SIGTERM or a closed terminal arrived while something was being started."""


class Runner:
    """Children in the order of their start. One thread uses it; a signal only sets a flag that every wait looks at."""

    def __init__(self, *, folder: RunFolder, logs: Path, console: Console) -> None:
        self.folder = folder
        self.logs = logs
        self.console = console
        self.children: list[Child] = []
        self._stopping = threading.Event()

    def catch_signals(self) -> None:
        """Turn SIGINT, SIGTERM and SIGHUP into an orderly stop."""

        def ask(_number: int, _frame: FrameType | None) -> None:
            self._stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, ask)

    def start(self, program: Program) -> Child:
        """Start `program` without waiting until it is ready. Raises LaunchError, StopAskedError."""
        self._raise_when_asked()
        child = Child(program, self.logs, self.console)
        child.start()
        self.children.append(child)
        self._note()
        return child

    def wait(self, *children: Child) -> None:
        """Return when all `children` are ready. Raises LaunchError, StopAskedError."""
        waiting = list(children)
        while waiting:
            self._raise_when_asked()
            waiting = [child for child in waiting if not child.check_ready()]
            if waiting:
                time.sleep(0.05)

    def run_once(self, name: str, launch: Launch, *, within: float = 180.0) -> None:
        """Run a command to its end. Raises LaunchError with its last lines when it fails, StopAskedError."""
        self._raise_when_asked()
        child = Child(Program(name=name, launch=launch, shown=lambda _line: False), self.logs, self.console)
        child.start()
        process = child.process
        limit = time.monotonic() + within
        while process is not None and process.poll() is None:
            if self._stopping.is_set() or time.monotonic() > limit:
                stop_child(process, (signal.SIGTERM,), 5.0)
                self._raise_when_asked()
            time.sleep(0.02)
        if process is None or process.returncode != 0:
            time.sleep(0.1)  # the log thread may still be writing the end
            told = "\n".join(f"    {line}" for line in child.log_file.read_text(errors="replace").splitlines()[-12:])
            raise LaunchError(f"{name} failed; the end of {child.log_file}:\n{told}")

    def watch(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Keep the children running until a stop is asked for or `until` says True."""
        while not self._stopping.is_set() and not until():
            changed = [child.look() for child in self.children]
            if any(changed):
                self._note()
            self._stopping.wait(0.2)

    def stop(self) -> None:
        """Stop every child in reverse order, within 45 seconds altogether."""
        limit = time.monotonic() + _STOP_SECONDS
        for child in reversed(self.children):
            runs, began = child.process is not None, time.monotonic()
            child.stop(within=max(1.0, limit - began))
            if runs:
                self.console.step(child.program.name, f"stopped in {time.monotonic() - began:.1f} s")
        self._note()

    @property
    def stop_asked(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stopping.is_set()

    def _raise_when_asked(self) -> None:
        if self._stopping.is_set():
            raise StopAskedError

    def _note(self) -> None:
        self.folder.note_children(
            {child.program.name: child.process.pid for child in self.children if child.process is not None}
        )
