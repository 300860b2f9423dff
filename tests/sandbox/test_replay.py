"""A short replay of the story through the real pipeline: supervisor's processes, dispatcher, worker, stand-in AWS."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from config.embedded.ports import free_port
from dev.sandbox.company.calendar import PULL_AT, moment
from dev.sandbox.company.people import PEOPLE, sign_ins
from dev.sandbox.processes import Running, current_environment, own_broker

# the mornings on which the story shows; the days between them are a gap, which is none of these tests' business
DAYS = (0, 13, 18, 21, 25, 34, 36, 42, 45, 46, 47, 48, 59)

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

    def sent(self) -> set[tuple[str, str, int, int]]:
        """Everything the stand-in sent: digest, simulated moment, status, length."""
        lines = (json.loads(line) for line in self.running.access_log.read_text().splitlines())
        return {(line["sha256"], line["simulated_at"], line["status"], line["length"]) for line in lines}


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


def flips(company: Replayed) -> list[Any]:
    from compliance.models import Flip
    from organizations import scope

    with scope.session(company.token, company.slug):
        return list(Flip.objects.order_by("observed_at", "id"))


def events(company: Replayed) -> list[Any]:
    from compliance.models import Event
    from organizations import scope

    with scope.session(company.token, company.slug):
        return list(Event.objects.order_by("occurred_at"))


def changes(company: Replayed) -> set[tuple[str, str, str, datetime]]:
    """What changed after the first reading: check, resource, outcome and when."""
    after = company.at(1, "00:00")
    return {
        (f.check_id, f.resource_key.split("/")[-1], f.outcome, f.observed_at)
        for f in flips(company)
        if f.observed_at > after and f.outcome in ("pass", "fail")
    }


def test_the_story_shows_as_dated_flips(company: Replayed) -> None:
    seen = changes(company)
    key, mfa, public = "aws.iam.access_key_age", "aws.iam.user_mfa", "aws.s3.bucket_not_public"
    for expected in (
        (mfa, "dana.reyes", "fail", company.at(13)),
        (mfa, "dana.reyes", "pass", company.at(18)),
        (
            key,
            "metrics-export",
            "fail",
            company.at(-66, "10:00") + timedelta(days=90),
        ),  # the moment it turned 90 days old, not the pull's
        (key, "metrics-export", "pass", company.at(42)),
        (key, "loadtest", "fail", company.at(-32, "15:00") + timedelta(days=90)),
        (public, "halyard-prod-customer-exports", "fail", company.at(34)),
        (public, "halyard-prod-customer-exports", "pass", company.at(36)),
    ):
        assert expected in seen, expected
    assert {(check, resource) for check, resource, outcome, _ in seen if outcome == "fail"} == {
        (mfa, "dana.reyes"), (key, "metrics-export"), (key, "loadtest"), (public, "halyard-prod-customer-exports"),
    }  # fmt: skip


def test_root_use_is_one_event_at_its_own_time(company: Replayed) -> None:
    inside = [event for event in events(company) if event.occurred_at > company.at(0, "00:00")]
    assert [(event.occurred_at, event.outcome) for event in inside] == [(company.at(20, "22:15"), "fail")]
    assert inside[0].observed_at == company.at(21)


def test_every_flip_and_event_cites_bytes_that_the_stand_in_sent(company: Replayed) -> None:
    from evidence.selectors import open_record
    from organizations import scope

    sent, cited = company.sent(), {row.seal for row in [*flips(company), *events(company)]}
    assert len(cited) > 20
    with scope.session(company.token, company.slug):
        for seal in sorted(cited):
            record = open_record(seal)
            digest, moment_sent = hashlib.sha256(record.body).hexdigest(), record.view.observed_at.isoformat()
            assert (digest, moment_sent, record.status, len(record.body)) in sent, f"record {seal} was never sent"


def test_an_invented_body_would_be_noticed(company: Replayed) -> None:
    invented = hashlib.sha256(b"<GetAccountSummaryResponse/>").hexdigest()
    assert invented not in {digest for digest, *_ in company.sent()}


def test_every_record_says_that_its_time_was_simulated(company: Replayed) -> None:
    from django.db import connections

    from organizations import scope

    with scope.session(company.token, company.slug), connections["default"].cursor() as cursor:
        cursor.execute("select convert_from(body, 'UTF8')::json ->> 'simulated', count(*) from app.leaf group by 1")
        assert [name for name, _ in cursor.fetchall()] == ["true"]


def test_the_lock_out_leaves_failed_pulls_and_a_gap(company: Replayed) -> None:
    from compliance.selectors.window_timelines import window_timelines
    from compliance.selectors.windows import current_window
    from integrations.models import Pull
    from organizations import clock, scope

    with scope.session(company.token, company.slug):
        failed = Pull.objects.exclude(outcome="complete")
        assert {pull.observed_at for pull in failed} == {company.at(day) for day in (45, 46, 47)}
        assert [pull.outcome for pull in failed] == ["failed"] * 12
        assert all("assume the role" in pull.reason for pull in failed)
        window = current_window()
        assert window is not None
        timeline = window_timelines(window, clock.now())["HAL-01"]
    states = {interval.state for interval in timeline.intervals if interval.from_at >= company.at(46, "12:00")}
    assert "not_observed" in states and "exception" not in states


def test_all_states_are_seen(company: Replayed) -> None:
    from compliance.selectors.window_timelines import window_timelines
    from compliance.selectors.windows import current_window
    from organizations import clock, scope

    with scope.session(company.token, company.slug):
        window = current_window()
        assert window is not None
        timelines = window_timelines(window, clock.now())
    states = {str(interval.state) for timeline in timelines.values() for interval in timeline.intervals}
    checks = {"operating", "exception", "not_observed", "no_occurrence"}
    people = {"at_risk", "due", "not_scheduled"}
    assert checks | people <= states, "every word of the glossary is on some page"
    library = timelines["AC-08"]
    assert 0 < library.parts_collected < len(library.parts), "a library control says how many parts are collected"


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


def test_a_replay_that_is_killed_goes_on_where_it_was_and_reaches_real_time(company: Replayed) -> None:
    from integrations.models import Pull
    from organizations import clock, scope

    before = {(f.check_id, f.resource_key, f.outcome, f.observed_at) for f in flips(company)}
    first = company.running.start_sandbox()
    log, limit = company.running.log_of("sandbox"), time.monotonic() + 60
    while "days pulled" not in log.read_text() and time.monotonic() < limit:
        time.sleep(0.05)
    first.kill()
    first.wait(10)
    printed = company.running.sandbox()
    assert "history complete" in printed
    with scope.session(company.token, company.slug):
        assert clock.is_simulated()
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
        complete = Pull.objects.filter(outcome="complete")
        for day in range(60, 63):
            streams = {(p.connection_id, p.stream) for p in complete if p.observed_at == company.at(day)}
            assert len(streams) == 12, f"day {day} has a complete pull of every stream"
    rows = [(f.check_id, f.resource_key, f.outcome, f.observed_at) for f in flips(company)]
    assert len(rows) == len(set(rows)), "no flip twice"
    assert before <= set(rows)
