"""What a newcomer's first minutes stand on: the Makefile, the lock files, CI's script, links, and nothing of this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dev.docs.links import broken_links
from tests.groups import group_of
from tests.platform.installation import ROOT
from tests.tally import give_up

PROMISED = {"up", "down", "test", "test-one", "check", "isolation", "journeys", "bench", "fsck", "sql", "docs"}


def committed() -> list[Path]:
    if not (ROOT / ".git").exists():
        give_up("house rules over committed files", "not a clone")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / os.fsdecode(name) for name in listed.split(b"\0") if name]


def test_make_lists_every_promised_target_with_its_help() -> None:
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = dict(re.findall(r"^  make (\S+) +(.+)$", told, re.MULTILINE))
    assert set(listed) >= PROMISED
    assert all(len(words) > 10 for words in listed.values())


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_with_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=\S)", text.replace("\\\n", " "))
    packages = [entry for entry in entries if entry.strip() and not entry.startswith("#")]
    assert len(packages) > 40
    for entry in packages:
        assert re.match(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]
    assert "://" not in text
    assert "--index-url" not in text


def test_the_ci_script_is_executable_runs_both_targets_and_ends_with_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    lines = [line for line in script.read_text().splitlines() if line and not line.startswith("#")]
    assert lines[-1] == "exec make test"
    assert "make check" in lines


def test_no_link_of_our_pages_leads_nowhere() -> None:
    assert broken_links(ROOT) == []


def test_no_data_key_or_generated_file_is_committed() -> None:
    wrong = re.compile(r"(\.pyc|\.key|\.sqlite3|\.log|\.env|/staticfiles/.*|\.attestry/.*|node_modules/.*)$")
    assert [str(path) for path in committed() if wrong.search(str(path.relative_to(ROOT)))] == []


def test_a_python_that_is_too_old_is_told_so(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path / "Makefile")
    (tmp_path / "requirements.txt").touch()
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    told = subprocess.run(
        ["make", "up", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert told.returncode != 0
    assert "needs Python 3.11" in told.stdout


def test_tests_that_share_an_installation_are_one_group_for_the_workers() -> None:
    assert group_of("tests/platform/test_up.py") == group_of("tests/platform/test_compose.py") == "platform"
    assert {group_of(f"tests/journeys/{path.name}") for path in (ROOT / "tests/journeys").glob("test_*.py")} == {
        "journeys"
    }
    assert group_of("tests/platform/test_backup.py") == ""
