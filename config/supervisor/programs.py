"""The processes of an installation, in the order in which they are started."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.embedded.postgres import forget_private_programs, start_postgres
from config.embedded.valkey import start_valkey
from config.supervisor.child import Program, launcher
from config.supervisor.installation import Addresses, Installation
from config.supervisor.readiness import answers, beats, lives, said, wrote

# Longer than the longest task (15 minutes), which may keep the worker from its heartbeat.
_HEARTBEAT_SECONDS = 1200.0

Started = Callable[[str], None]


def postgres(installation: Installation, port: int, started: Started) -> Program:
    """PostgreSQL with its files in the data folder; `started` is given the superuser's address."""

    def launch(log: int) -> subprocess.Popen[bytes]:
        server = start_postgres(installation.data / "postgres", port=port, log=log)
        started(server.dsn)
        return server.process

    def clean_up() -> None:
        forget_private_programs(installation.data / "postgres")

    return Program(
        name="postgres", after_stop=clean_up, launch=launch, stop_signals=(signal.SIGINT, signal.SIGQUIT), stop_within=15.0,
        shown=_postgres_trouble,
    )  # fmt: skip


def valkey(installation: Installation, port: int, started: Started) -> Program:
    """Valkey with its append-only file in the data folder; `started` is given its address with password."""

    def launch(log: int) -> subprocess.Popen[bytes]:
        server = start_valkey(installation.data / "valkey", port=port, log=log)
        started(server.url)
        return server.process

    return Program(name="valkey", launch=launch, shown=_valkey_trouble)


def web(installation: Installation, addresses: Addresses, *, name: str, port: int) -> Program:
    """The dashboard (`web`) or the auditors' web process (`auditor`), on the loopback interface."""
    command = (
        sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "--bind", f"127.0.0.1:{port}",
        "--worker-tmp-dir", str(installation.data / "run"), "config.wsgi:application",
    )  # fmt: skip
    return _program(installation, addresses, name, name, command, ready=answers(f"http://127.0.0.1:{port}/readyz"))


def stand_in_aws(installation: Installation, addresses: Addresses, port: int) -> Program:
    """The sandbox company's AWS: a server of this project that answers like AWS and is none."""
    command = (
        sys.executable, "-m", "dev.sandbox.aws", "--port", str(port), "--data", str(installation.data / "aws"),
    )  # fmt: skip
    ready = answers(f"http://127.0.0.1:{port}/_sandbox/healthz")
    return _program(installation, addresses, "aws", "beat", command, ready=ready)


def background(installation: Installation, addresses: Addresses) -> list[Program]:
    """Worker, dispatcher, beat and signer."""
    celery = (sys.executable, "-m", "celery", "--quiet", "-A", "config.celery")
    worker = (
        *celery, "worker", "--concurrency", "2", "--queues", "interactive,collect,export,housekeeping",
        "--without-gossip", "--without-mingle", "--loglevel", "WARNING", "--hostname", "worker@localhost",
    )  # fmt: skip
    beat = (
        *celery, "beat", "--schedule", str(installation.data / "run" / "beat"), "--pidfile=", "--loglevel", "WARNING",
    )  # fmt: skip
    dispatch, sign = installation.command("dispatch"), installation.command("sign_checkpoints")
    return [
        _program(installation, addresses, "worker", "worker", worker, ready=said("worker is ready"),
                 stop_signals=(signal.SIGTERM, signal.SIGQUIT),
                 alive=beats(addresses.redis_url, "attestry:heartbeat", within=_HEARTBEAT_SECONDS)),
        _program(installation, addresses, "dispatcher", "dispatcher", dispatch, ready=lives(2.0)),
        _program(installation, addresses, "beat", "beat", beat, ready=lives(2.0)),
        _program(installation, addresses, "signer", "signer", sign, ready=lives(2.0)),
    ]  # fmt: skip


def sandbox_company(installation: Installation, addresses: Addresses, people: Path) -> Program:
    """Founds the sandbox company when missing (ready: its sign-ins are written), then replays its history and follows the days."""
    command = installation.command("sandbox", "--people", str(people), "--follow")
    return _program(
        installation, addresses, "sandbox", "manage", command, ready=wrote(people), ready_within=120.0, forever=False,
        stop_within=6.0, shown=lambda _line: True,
    )  # fmt: skip


def _postgres_trouble(line: str) -> bool:
    # Our own question whether it is ready yet is no trouble.
    return any(word in line for word in ("WARNING:", "FATAL:", "PANIC:")) and "is starting up" not in line


def _valkey_trouble(line: str) -> bool:
    # " # " marks warnings; the one about overcommit is advice for the machine and comes at every start.
    return " # " in line and "overcommit" not in line and "bye bye" not in line


def _worth_seeing(line: str) -> bool:
    """Everything but routine."""
    return " INFO " not in line and not line.startswith(("worker is ready", "worker: ", "signed "))


def _program(
    installation: Installation, addresses: Addresses, name: str, process: str, command: tuple[str, ...], **more: Any
) -> Program:
    environment = installation.environment(process, addresses)
    return Program(
        name=name, launch=launcher(command, environment, installation.project), **({"shown": _worth_seeing} | more)
    )  # fmt: skip
