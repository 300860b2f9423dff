"""A short replay of the story through the real pipeline: supervisor's processes, dispatcher, worker, stand-in AWS."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from django.conf import settings

from config.embedded.ports import free_port
from dev.sandbox.company.calendar import PULL_AT, moment
from dev.sandbox.company.people import PEOPLE, sign_ins
from dev.sandbox.processes import Running, current_environment, own_broker

# the mornings before and after each event of the story; the last one is far enough for the second stale key
DAYS = (0, 12, 13, 17, 18, 20, 21, 24, 25, 33, 34, 35, 36, 41, 42, 44, 45, 46, 47, 48, 58, 59)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sandbox-replay")]


@dataclass(frozen=True)
class Replayed:
    """The company after the short replay."""

    running: Running
    printed: str
    began_on: date
    organization_id: Any
    slug: str
    token: bytes

    def at(self, day: int, clock: str = PULL_AT) -> datetime:
        return moment(self.began_on, day, clock)

    def sent(self) -> dict[str, dict[str, Any]]:
        """Everything the stand-in sent, by digest."""
        lines = (json.loads(line) for line in self.running.access_log.read_text().splitlines())
        return {line["sha256"]: line for line in lines}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replayed]:
    from accounts.selectors import find_person
    from accounts.services import open_session
    from organizations import scope

    folder = tmp_path_factory.mktemp("sandbox")
    environment = current_environment() | {
        "REDIS_URL": own_broker(os.environ["REDIS_URL"], 7), "ATTESTRY_MODE": "test",
    }  # fmt: skip
    with Running(folder=folder, environment=environment, port=free_port()) as running:
        printed = running.sandbox("--people", str(folder / "people.json"), "--days", *map(str, DAYS))
        data = settings.DATA / "sandbox"
        began_on = date.fromisoformat(json.loads((data / "story.json").read_text())["began_on"])
        olga = find_person(sign_ins(data / "sign-ins.json")["olga"].email)
        assert olga is not None
        token = open_session(person_id=olga.id, factors=("password", "totp"))
        with scope.session(token, "halyard") as bound:
            organization_id = bound.organization_id
        yield Replayed(running, printed, began_on, organization_id, "halyard", token)


def test_everybody_can_sign_in_and_the_file_is_private(company: Replayed) -> None:
    file = company.running.folder / "people.json"
    assert file.stat().st_mode & 0o777 == 0o600
    listed = json.loads(file.read_text())
    assert [p["email"] for p in listed] == [p.email for p in PEOPLE]
    assert [p["where"] for p in listed] == ["web", "web", "web", "auditor"]
    assert listed[3]["until"] and all(p["password"] and p["second_factor"] for p in listed)


def test_running_it_again_changes_nobody_and_nothing(company: Replayed) -> None:
    before = (company.running.folder / "people.json").read_text()
    printed = company.running.sandbox("--people", str(company.running.folder / "people.json"), "--days")
    assert (company.running.folder / "people.json").read_text() == before
    assert "pulled" not in printed
