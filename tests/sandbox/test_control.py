"""The stand-in as a process: its control address, and an orderly end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.embedded.ports import free_port
from config.sandbox.stand_in import StandInAway, StandInControl
from dev.sandbox.company.accounts import PRODUCTION, RESEARCH
from tests.sandbox.conftest import BEGAN_ON, at


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, subprocess.Popen[bytes], Path]]:
    folder, port = tmp_path_factory.mktemp("aws"), free_port()
    command = [sys.executable, "-m", "dev.sandbox.aws", "--port", str(port), "--data", str(folder)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url, limit = f"http://127.0.0.1:{port}", time.monotonic() + 30
    while time.monotonic() < limit:
        try:
            get(url, "healthz")
            break
        except OSError:
            time.sleep(0.1)
    yield url, child, folder
    child.kill()
    child.wait(10)


def get(url: str, what: str) -> Any:
    with urllib.request.urlopen(f"{url}/_sandbox/{what}", timeout=5) as answer:
        return json.load(answer)


def post(url: str, what: str, value: Any) -> tuple[int, Any]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    request = urllib.request.Request(f"{url}/_sandbox/{what}", body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def test_it_is_healthy_and_takes_a_simulated_moment(process: Any) -> None:
    url, _, folder = process
    assert get(url, "healthz")["ok"] is True
    StandInControl(url).answer_for(BEGAN_ON, at(12))
    assert get(url, "state") == {"began_on": BEGAN_ON.isoformat(), "at": at(12).isoformat()}
    assert json.loads((folder / "clock.json").read_text())["at"] == at(12).isoformat()
    StandInControl(url).answer_for(BEGAN_ON, None)
    assert get(url, "state")["at"] is None


def test_trust_and_outage_are_set_per_account(process: Any) -> None:
    url, _, folder = process
    StandInControl(url).trust(PRODUCTION, "attestry-x")
    assert json.loads((folder / "trust.json").read_text())["accounts"][PRODUCTION]["external_id"] == "attestry-x"
    assert post(url, "outage", {"account": RESEARCH, "mode": "unavailable"}) == (200, {RESEARCH: "unavailable"})
    assert post(url, "outage", {"account": RESEARCH, "mode": None}) == (200, {})


@pytest.mark.parametrize(
    ("what", "sent", "status"),
    [
        ("state", b"{", 400),
        ("state", [], 400),
        ("state", {"began_on": "2026-13-01"}, 400),
        ("state", {"began_on": "2026-03-02", "at": "2026-03-02T06:00:00"}, 400),
        ("outage", {"account": "1", "mode": "refused"}, 400),
        ("outage", {"account": RESEARCH, "mode": "slow"}, 400),
        ("trust", {"account": RESEARCH}, 400),
        ("nothing", {}, 404),
    ],
)
def test_a_wrong_request_is_answered_and_changes_nothing(process: Any, what: str, sent: Any, status: int) -> None:
    url = process[0]
    before = get(url, "state")
    answered, body = post(url, what, sent)
    assert answered == status and body["error"]
    assert get(url, "state") == before


def test_a_refusal_reaches_the_caller_as_a_sentence(process: Any) -> None:
    with pytest.raises(StandInAway, match="no account"):
        StandInControl(process[0]).trust("000000000000", "x")


def test_it_ends_in_order_when_told_to(process: Any) -> None:
    _, child, _ = process
    child.send_signal(signal.SIGTERM)
    assert child.wait(10) == 0
