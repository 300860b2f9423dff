"""The run folder of an installation: who runs it, on which ports, and what another command needs to join it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.embedded.processes import command_of


class AlreadyRunningError(Exception):
    """Another `manage.py up` holds this data folder; `pid` is its process."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"already running as process {pid}")
        self.pid = pid


@dataclass(frozen=True)
class RunFolder:
    """Files under `<data>/run`, all readable by their owner only."""

    folder: Path

    @property
    def people(self) -> Path:
        """The sign-ins of the sandbox company, written by `manage.py sandbox`."""
        return self.folder / "people.json"

    @property
    def environment(self) -> Path:
        """Variables with which another `manage.py` command joins this installation."""
        return self.folder / "environment.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for this process until the block ends, even when it is killed (a kernel lock).

        Raises AlreadyRunningError when another living process holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunningError(self.supervisor_pid() or 0) from None
            self._write("supervisor.json", {"pid": os.getpid(), "started": started_at(os.getpid())})
            yield
            (self.folder / "supervisor.json").unlink(missing_ok=True)
        finally:
            os.close(handle)

    def supervisor_pid(self) -> int | None:
        """Return the pid of the living `manage.py up` of this folder, or None."""
        noted = self._read("supervisor.json")
        pid = int(noted.get("pid", 0))
        return pid if pid and started_at(pid) == noted.get("started") else None

    def note_children(self, pids: Mapping[str, int]) -> None:
        """Remember the children, so that the next start can end what a killed supervisor left behind."""
        self._write("children.json", {name: [pid, started_at(pid)] for name, pid in pids.items()})

    def end_left_over(self) -> list[str]:
        """End children of a killed supervisor (gently for ten seconds, then for good); return their names."""
        noted = self._read("children.json")
        left = {name: int(pid) for name, (pid, started) in noted.items() if started and started_at(int(pid)) == started}
        for number, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
            limit = time.monotonic() + patience
            for pid in left.values():
                with suppress(ProcessLookupError):
                    os.killpg(pid, number)
            while any(command_of(pid) for pid in left.values()) and time.monotonic() < limit:
                time.sleep(0.05)
        (self.folder / "children.json").unlink(missing_ok=True)
        return list(left)

    def remembered_ports(self) -> dict[str, int]:
        """Return the ports of the last start by process name."""
        return {name: int(port) for name, port in self._read("ports.json").items()}

    def note_ports(self, ports: Mapping[str, int]) -> None:
        """Remember the ports, so that addresses stay the same over restarts."""
        self._write("ports.json", dict(ports))

    def note_environment(self, environment: Mapping[str, str]) -> None:
        """Write what `join_running_installation` reads."""
        self._write("environment.json", dict(environment))

    def _write(self, name: str, value: object) -> None:
        unfinished = self.folder / f"{name}.new"
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(value, file, indent=1)
        unfinished.rename(self.folder / name)

    def _read(self, name: str) -> dict[str, Any]:
        try:
            return dict(json.loads((self.folder / name).read_text()))
        except (OSError, ValueError):
            return {}


def started_at(pid: int) -> str:
    """Return a value that differs between two processes that had the same pid; empty when `pid` is not alive."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return " ".join(command_of(pid))  # no /proc: the command line is the best there is
    return "" if after_name[0] == "Z" else after_name[19]


def data_folder(environment: Mapping[str, str], project: Path) -> Path:
    """Return the data folder: ATTESTRY_DATA, else `.attestry` in the project."""
    return Path(environment.get("ATTESTRY_DATA") or project / ".attestry").resolve()


def join_running_installation(environment: MutableMapping[str, str], project: Path) -> None:
    """Give this process the addresses and passwords of the installation of `make up`, when it is told none.

    Changes nothing when DATABASE_URL is set, or outside embedded mode.
    """
    if environment.get("DATABASE_URL") or environment.get("ATTESTRY_MODE", "embedded") != "embedded":
        return
    noted = RunFolder(data_folder(environment, project) / "run").environment
    if not noted.exists():
        return
    for name, value in json.loads(noted.read_text()).items():
        environment.setdefault(name, value)
