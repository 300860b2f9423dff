"""Nothing lost, nothing doubled, no partial population judged, whatever dies in mid-pull."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.keyfiles import ensure_master_key, ensure_signer_key
from tests.servers import ROOT, clone_database
from tests.tally import count, line

FULL = os.environ.get("ATTESTRY_CAMPAIGN") == "full"
KILLS = 20 if FULL else 3

pytestmark = [pytest.mark.campaign, pytest.mark.slow]


def test_killed_workers_a_lost_broker_and_two_dispatchers_lose_nothing_and_double_nothing(tmp_path: Path):
    database = clone_database(f"attestry_kills_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    data = tmp_path / "data"
    (data / "keys").mkdir(parents=True)
    (data / "static").mkdir()
    ensure_master_key(data / "keys" / "master.key")
    ensure_signer_key(data / "keys" / "signer.key")
    env = os.environ | {"DATABASE_URL": database, "ATTESTRY_DATA": str(data)}
    command = [sys.executable, "-W", "ignore", "-m", "tests.integrations.kills.campaign", str(tmp_path), str(KILLS)]
    ended = subprocess.run(command, check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=900)
    assert ended.returncode == 0, ended.stderr[-3000:]
    found = json.loads(ended.stdout.splitlines()[-1])
    for what, times in found["done"].items():
        count(f"faults: {what} in mid-pull", times)
    line(
        "pull now, with everything idle",
        f"{found['seconds from asking to the first request']} s to the first request (goal: 2)",
    )
    assert found["done"]["kill -9 of the worker"] == KILLS
    assert found["pulls"] >= found["pulls expected"]
    wrong = (
        "lost",
        "not complete",
        "coverage doubled or missing",
        "fact versions doubled",
        "flips doubled",
        "resources ended",
        "populations of two sizes",
    )
    assert {name: found[name] for name in wrong} == dict.fromkeys(wrong, 0)
