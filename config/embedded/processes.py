"""Looking at and ending processes of this machine by pid."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path


def command_of(pid: int) -> tuple[str, ...]:
    """Return the command line of the living process `pid`; empty when there is none, or it is a zombie."""
    if sys.platform == "linux":
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, IndexError):
            return ()
        return () if state == "Z" else tuple(part.decode("utf-8", "replace") for part in line.split(b"\0") if part)
    answer = subprocess.run(["ps", "-o", "stat=,args=", "-p", str(pid)], check=False, capture_output=True, text=True)
    state, _, rest = answer.stdout.strip().partition(" ")
    return () if not rest or state.startswith("Z") else tuple(rest.split())


def is_program(pid: int, name: str) -> bool:
    """Say whether `pid` is alive and runs a program whose file name is `name`."""
    command = command_of(pid)
    return bool(command) and Path(command[0].split(": ")[0]).name == name


def stop_child(process: subprocess.Popen[bytes], signals: tuple[signal.Signals, ...], timeout: float) -> None:
    """Send `signals` one after the other, waiting `timeout` seconds after the first and 5 after each further one.

    A child that ignores all of them is killed. Returns when the child is gone and reaped.
    """
    for number, patience in zip((*signals, signal.SIGKILL), (timeout, 5.0, 5.0, 5.0), strict=False):
        if process.poll() is not None:
            return
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
