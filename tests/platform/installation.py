"""A `manage.py up` of its own for the tests: data folder, ports, output, and what it left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.embedded.ports import free_port
from config.supervisor.running import started_at

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(r"^Attestry is ready: (http://localhost:\d+)$", re.MULTILINE)
AUDITORS = re.compile(r"^Auditors sign in at: +(http://localhost:\d+)$", re.MULTILINE)


@dataclass
class Running:
    """One start of an installation; `log` is what a person would have seen."""

    data: Path
    log: Path
    process: subprocess.Popen[bytes]
    seconds: float = 0.0

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def url(self) -> str:
        found = READY.search(self.said)
        assert found, self.said[-3000:]
        return found[1]

    @property
    def auditor_url(self) -> str:
        found = AUDITORS.search(self.said)
        assert found, self.said[-3000:]
        return found[1]

    def children(self) -> dict[str, int]:
        noted = json.loads((self.data / "run" / "children.json").read_text())
        return {name: pid for name, (pid, _) in noted.items()}

    def wait_for(self, words: str, *, within: float = 120.0) -> float:
        began = time.monotonic()
        while words not in self.said:
            if self.process.poll() is not None or time.monotonic() - began > within:
                raise AssertionError(f"{words!r} not said within {within} s:\n{self.said[-4000:]}")
            time.sleep(0.05)
        return time.monotonic() - began

    def interrupt(self, *, within: float = 60.0) -> int:
        """Ctrl-C as a terminal sends it: to the whole process group of the command."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(within)

    def kill_everything(self) -> None:
        """What a power cut does to the processes: nobody gets to say goodbye."""
        leaders = [self.process.pid, *self.children().values()]
        everybody = [member for leader in leaders for member in group_members(leader)]
        for pid in everybody:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        limit = time.monotonic() + 10
        while any(started_at(pid) for pid in everybody) and time.monotonic() < limit:
            time.sleep(0.02)


@dataclass
class Place:
    """A data folder to start installations on."""

    data: Path
    starts: list[Running] = field(default_factory=list)

    def up(self, *arguments: str, port: int | None = None, **options: Any) -> Running:
        log = self.data.parent / f"up-{len(self.starts)}.log"
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.data.parent), "ATTESTRY_DATA": str(self.data)}
        environment |= options.pop("environment", {})
        python = options.pop("python", sys.executable)
        project = options.pop("project", ROOT)
        command = [python, str(project / "manage.py"), "up", "--port", str(port or free_port()), *arguments]
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, cwd=project, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True, **options,
            )  # fmt: skip
        running = Running(self.data, log, process)
        self.starts.append(running)
        running.seconds = running.wait_for("Attestry is ready:")
        return running

    def end(self) -> None:
        for running in self.starts:
            if running.process.poll() is None:
                try:
                    running.interrupt(within=45)
                except subprocess.TimeoutExpired:
                    running.kill_everything()


def get(url: str) -> tuple[int, str]:
    """Open `url` as a browser of this machine would."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=20) as answer:
        return answer.status, answer.read().decode()


def group_members(leader: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == leader:
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
    return found


def left_over(words: str) -> list[str]:
    """Living processes whose command line, program, working folder or environment names `words`."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid() or not started_at(int(entry.name)):
            continue
        try:
            told = (entry / "cmdline").read_bytes() + b"\0" + (entry / "environ").read_bytes()
            told += os.fsencode((entry / "cwd").readlink())
        except OSError:
            continue
        if words.encode() in told:
            found.append(f"{entry.name} {(entry / 'cmdline').read_bytes()[:120]!r}")
    return found
