"""The processes that a replay needs beside the database: stand-in AWS, dispatcher, worker. For tests and benchmarks;
people use `make up`, whose supervisor starts them itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Running:
    """Stand-in, dispatcher and worker as children; use as a context manager. Logs lie in `folder`."""

    folder: Path
    environment: Mapping[str, str]
    port: int
    workers: int = 2
    _children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The stand-in's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def access_log(self) -> Path:
        """What the stand-in sent."""
        return self.folder / "aws" / "access.jsonl"

    def log_of(self, name: str) -> Path:
        """What a child wrote."""
        return self.folder / f"{name}.log"

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        aws = ["-m", "dev.sandbox.aws", "--port", str(self.port), "--data", str(self.folder / "aws")]
        self._start("aws", "beat", aws)
        self._wait_for_stand_in()
        self._start("dispatcher", "dispatcher", ["manage.py", "dispatch"])
        queues = "interactive,collect,export,housekeeping"
        worker = [
            "-m",
            "celery",
            "-A",
            "config.celery",
            "worker",
            "--concurrency",
            str(self.workers),
            "--queues",
            queues,
        ]
        quiet = ["--without-gossip", "--without-mingle", "--loglevel", "INFO", "--hostname", f"w{self.port}@localhost"]
        self._start("worker", "worker", [*worker, *quiet])
        self._wait_for_line("worker", "ready.")
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._children):
            child.terminate()
        for child in reversed(self._children):
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait(5)
        self._children.clear()

    def sandbox(self, *arguments: str, timeout: float = 600) -> str:
        """Run `manage.py sandbox` to its end and return what it printed. Raises CalledProcessError with its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", "sandbox", *arguments], cwd=ROOT, env=self._env("manage"), timeout=timeout,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"manage.py sandbox ended with {done.returncode}:\n{done.stdout}\n{self._tails()}")
        return done.stdout

    def start_sandbox(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Run `manage.py sandbox` beside the caller; it is stopped with the others unless it ended."""
        return self._start("sandbox", "manage", ["manage.py", "sandbox", *arguments])

    def _env(self, process: str) -> dict[str, str]:
        return {**self.environment, "ATTESTRY_PROCESS": process, "ATTESTRY_AWS_ENDPOINT": self.url}

    def _start(self, name: str, process: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        with self.log_of(name).open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self._env(process), stdout=log, stderr=log
            )  # fmt: skip
        self._children.append(child)
        return child

    def _wait_for_stand_in(self) -> None:
        limit = time.monotonic() + 30
        while time.monotonic() < limit:
            try:
                with urllib.request.urlopen(f"{self.url}/_sandbox/healthz", timeout=2) as answer:
                    answer.read()
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"the stand-in did not answer:\n{self._tails()}")

    def _wait_for_line(self, name: str, words: str) -> None:
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            if words in self.log_of(name).read_text("utf-8", "replace"):
                return
            time.sleep(0.1)
        raise TimeoutError(f"{name} did not get ready:\n{self._tails()}")

    def _tails(self) -> str:
        logs = [self.log_of(name) for name in ("aws", "dispatcher", "worker")]
        return "\n".join(
            f"--- {log.stem}\n" + log.read_text("utf-8", "replace")[-3000:] for log in logs if log.exists()
        )


def current_environment() -> dict[str, str]:
    """The environment of this process: the servers that `tests.servers` has started and described in it."""
    return dict(os.environ)


def own_broker(redis_url: str, number: int) -> str:
    """The same Redis server, another database of it: parallel runs must not take each other's messages."""
    head, _, last = redis_url.rpartition("/")
    return f"{head}/{number}" if last.isdigit() else f"{redis_url}/{number}"
