"""What a run has shown, counted: printed once at the end, over all worker processes (a pytest plugin, see `addopts`).

    count("isolation vectors", 64)
    not_run("journeys", 12, "no browser was found")

Not run is not passed: it is printed by name, and with CI=true a journey that did not run fails the run.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NoReturn

import pytest

_FILE = "ATTESTRY_TALLY"
if _FILE not in os.environ:
    os.environ[_FILE] = str(Path(tempfile.mkdtemp(prefix="attestry-tally-")) / "counts.jsonl")


def count(name: str, number: int = 1) -> None:
    """Add to what the summary says was run."""
    _write({"name": name, "number": number})


def line(section: str, text: str) -> None:
    """Print a line of a table, under its own heading; the lines of a section are sorted by their text."""
    _write({"section": section, "line": text})


def not_run(name: str, number: int, reason: str) -> None:
    """Add to what the summary says was not run, and why."""
    _write({"name": name, "number": number, "reason": reason})


def give_up(name: str, reason: str) -> NoReturn:
    """End the running test as not run: skipped for pytest, and named with its reason in the summary."""
    not_run(name, 1, reason)
    pytest.skip(f"{reason}: not run")


def _write(entry: dict[str, str | int]) -> None:
    with Path(os.environ[_FILE]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def _entries() -> list[dict[str, str | int]]:
    path = Path(os.environ[_FILE])
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def missing_journeys() -> int:
    """How many journeys did not run."""
    return sum(int(entry["number"]) for entry in _entries() if "reason" in entry and "journey" in str(entry["name"]))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A journey that did not run is a failure where a browser was promised."""
    if "PYTEST_XDIST_WORKER" not in os.environ and os.environ.get("CI") == "true" and missing_journeys():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print both lists."""
    ran: dict[str, int] = defaultdict(int)
    missed: dict[tuple[str, str], int] = defaultdict(int)
    tables: dict[str, set[str]] = defaultdict(set)
    for entry in _entries():
        if "section" in entry:
            tables[str(entry["section"])].add(str(entry["line"]))
        elif "reason" in entry:
            missed[str(entry["name"]), str(entry["reason"])] += int(entry["number"])
        else:
            ran[str(entry["name"])] += int(entry["number"])
    for section, lines in sorted(tables.items()):
        terminalreporter.section(section)
        for text in sorted(lines):
            terminalreporter.line(text)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(Path(os.environ[_FILE]).parent, ignore_errors=True)
    if not ran and not missed:
        return
    terminalreporter.section("shown by this run")
    for name, number in sorted(ran.items()):
        terminalreporter.line(f"{number:>7,}  {name}")
    for (name, reason), number in sorted(missed.items()):
        terminalreporter.line(f"{number:>7,}  {name} NOT RUN: {reason}", yellow=True)
