"""P18: `migrate` from nothing, and the first request after a start of the web process."""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from config.embedded.bootstrap import bootstrap_database
from config.embedded.ports import free_port
from dev.bench.report import Report

ROOT = Path(__file__).resolve().parents[2]
TRIES = 3


def run(given: argparse.Namespace) -> Report:
    """Seconds of both, medians of a few tries: a start is slow enough to be counted singly."""
    report = Report("p18", "migrate from nothing; first request after start", f"{TRIES} tries")
    database, migrating = "", []
    for _ in range(TRIES):
        database = f"bench_{secrets.token_hex(4)}"
        bootstrap_database(os.environ["ATTESTRY_TEST_SERVER"], database)
        started = time.perf_counter()
        for alias in ("migrate_app", "migrate_signin"):
            _manage(database, "migrate", "migrate", "--database", alias, "--verbosity", "0")
        migrating.append(time.perf_counter() - started)
    starts, firsts = zip(*(_first_request(database) for _ in range(TRIES)), strict=True)
    spent, first = statistics.median(migrating), statistics.median(firsts)
    report.add("migrate, both schemas, from nothing", f"{spent:.1f} s", "<= 15 s", reached=spent <= 15)
    report.add("web process: start until it listens", f"{statistics.median(starts):.1f} s")
    report.add("first request after that (sign-in page)", f"{first:.2f} s", "<= 2 s", reached=first <= 2)
    report.raw = {"migrate": migrating, "start": starts, "first_request": firsts}
    return report


def _environment(database: str, process: str) -> dict[str, str]:
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{database}"
    return {**os.environ, "DATABASE_URL": url, "ATTESTRY_PROCESS": process}


def _manage(database: str, process: str, *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True, env=_environment(database, process))


def _first_request(database: str) -> tuple[float, float]:
    """Seconds until the port accepts, and seconds of the first answer after that."""
    port = free_port()
    environment = _environment(database, "web") | {"ATTESTRY_HOST_URL": f"http://localhost:{port}"}
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "--bind", f"127.0.0.1:{port}"]
    started = time.perf_counter()
    web = subprocess.Popen([*command, "config.wsgi:application"], cwd=ROOT, env=environment)
    try:
        listening = _until_listening(port, started)
        asked = time.perf_counter()
        with urllib.request.urlopen(f"http://localhost:{port}/account/sign-in", timeout=30) as answer:
            answer.read()
        return listening, time.perf_counter() - asked
    finally:
        web.terminate()
        web.wait(20)


def _until_listening(port: int, started: float) -> float:
    """gunicorn listens before its worker has loaded the application, so the first request waits for that too."""
    import socket

    while time.perf_counter() - started < 60:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return time.perf_counter() - started
        time.sleep(0.02)
    raise TimeoutError("the web process did not listen within a minute")
