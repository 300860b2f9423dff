"""Beat's three entries need no ticket, touch no organization, and do what they say."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connections

from config import schedule
from config.celery import app


@pytest.fixture
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("a task of beat asked the database")

    for alias in connections:
        monkeypatch.setattr(connections[alias], "cursor", refuse)


def test_every_entry_of_beat_names_a_registered_task_of_the_housekeeping_queue() -> None:
    assert set(schedule.BEAT_SCHEDULE) == {"heartbeat", "publish_checkpoints", "housekeeping"}
    for entry in schedule.BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks
        assert app.amqp.router.route({}, entry["task"])["queue"].name == "housekeeping"
        assert entry["options"]["expires"] <= entry["schedule"] * 2, "a backlog is one look"


@pytest.mark.usefixtures("_no_database")
def test_the_heartbeat_is_the_time() -> None:
    schedule.heartbeat()
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        assert abs(int(broker.get(schedule.HEARTBEAT_KEY)) - time.time()) < 5


@pytest.mark.usefixtures("_no_database")
def test_many_wakes_of_the_signer_are_one() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete(schedule.SIGNER_WAKE_KEY)
        for _ in range(3):
            schedule.publish_checkpoints()
        assert broker.llen(schedule.SIGNER_WAKE_KEY) == 1


def test_housekeeping_removes_old_parts_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "ab"
    folder.mkdir()
    old, young, whole = folder / ".0011.part", folder / ".0022.part", folder / "abcd"
    for path in (old, young, whole):
        path.write_bytes(b"x")
    for path in (old, whole):
        os.utime(path, (1, 1))
    assert schedule.remove_parts(tmp_path, older_than=time.time() - 3600) == 1
    assert sorted(path.name for path in folder.iterdir()) == [".0022.part", "abcd"]
