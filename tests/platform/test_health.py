"""/healthz and /readyz: for machines, without a session, and without saying why."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client, override_settings

from config.embedded.ports import free_port


def test_a_living_process_says_so() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "alive")
    assert "no-store" in answer["Cache-Control"]


def test_a_process_whose_servers_answer_is_ready() -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["parts"] == {
        "database.default": "ready", "database.signin": "ready", "broker": "ready",
    }  # fmt: skip


def test_a_broker_that_is_away_is_a_503_that_names_the_part_and_no_address() -> None:
    away = f"redis://:secret-word@127.0.0.1:{free_port()}/0"
    with override_settings(REDIS_URL=away):
        answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["broker"] == "not ready"
    assert "secret-word" not in answer.content.decode()
    assert "127.0.0.1" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_nothing_can_be_sent_to_it(address: str) -> None:
    assert Client().post(address, {"a": 1}).status_code == 405
    assert settings.PROCESS == "test"
