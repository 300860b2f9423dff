"""The auditor's own process: same sign-in pages, own cookie, own database role."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from accounts.selectors.sessions import cookie_value
from accounts.services import open_session
from accounts.services.second_factor import current_code
from organizations.selectors.activity import activity
from organizations.services.copy_events import copy_events
from organizations.services.invite import invite
from tests.accounts.people import PASSWORD, SECRET, a_person, browser

ROOT = Path(__file__).resolve().parent.parent.parent
AUDITOR_URL = "http://localhost:8100"


def at_the_auditors_address(steps, **cookies):
    environment = os.environ | {"ATTESTRY_PROCESS": "auditor", "ATTESTRY_AUDITOR_URL": AUDITOR_URL}
    asked = {"address": f"10.8.{secrets.randbelow(250)}.7", "steps": steps, "cookies": cookies}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.accounts.auditor_browser"],
        input=json.dumps(asked),
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def sign_in_steps(person):
    return [
        ["post", "/account/sign-in/", {"login": person.email, "password": PASSWORD}],
        ["post", "/account/code/", {"code": current_code(SECRET)}],
    ]


def test_an_auditor_accepts_and_reads_at_the_auditors_address_and_nowhere_else(cast, settings):
    settings.AUDITOR_URL = AUDITOR_URL
    vera = a_person(totp=True, name="Vera Auditor")
    with cast.alice.bound():
        made = invite(email=vera.email, role="auditor", until=datetime.now(UTC) + timedelta(days=7))
    assert made.link.startswith(AUDITOR_URL)
    path = made.link.removeprefix(AUDITOR_URL)
    members = f"/o/{cast.a.slug}/settings/members/"
    answers = at_the_auditors_address(
        [
            *sign_in_steps(vera),
            ["get", path, {}],
            ["post", path, {}],
            ["get", f"/o/{cast.a.slug}/controls/", {}],
            ["post", members + "invite/", {"email": "x@example.test", "role": "viewer"}],
            ["get", f"/o/{cast.b.slug}/", {}],
        ]
    )
    assert answers["role"] == "app_audit"
    _password, code, offer, accepted, page, refused, foreign = answers["answers"]
    assert code["cookies"].count("attestry_audit") == 1
    assert "attestry" not in code["cookies"]
    assert offer["status"] == 200
    assert (accepted["status"], accepted["location"]) == (302, f"/o/{cast.a.slug}/")
    assert page["status"] == 200
    assert "Read only" in page["text"]
    assert refused["status"] == 403
    assert foreign["status"] == 404
    web = browser()
    web.cookies[settings.SESSION_TOKEN_COOKIE] = cookie_value(
        open_session(person_id=vera.id, factors=("password", "totp"))
    )
    assert web.get(f"/o/{cast.a.slug}/").status_code == 404
    assert cast.a.slug not in web.get("/account/").content.decode()
    with cast.olga.bound():
        copy_events()
        assert f"/o/{cast.a.slug}/controls/" in {entry.detail["item"]["item"] for entry in activity(action="read.page")}


def test_an_owners_session_opens_nothing_at_the_auditors_address(cast):
    answers = at_the_auditors_address(
        [["get", f"/o/{cast.a.slug}/", {}], ["get", "/account/", {}], ["get", "/account/found/", {}]],
        attestry_audit=cookie_value(cast.olga.token),
    )["answers"]
    assert [answer["status"] for answer in answers] == [404, 200, 302]
    assert "belong to no organization" in answers[1]["text"]
    assert answers[2]["location"] == "/account/"


def test_an_auditors_invitation_is_not_accepted_at_the_other_address(cast, settings):
    settings.AUDITOR_URL = AUDITOR_URL
    vera = a_person(totp=True)
    with cast.alice.bound():
        made = invite(email=vera.email, role="auditor", until=datetime.now(UTC) + timedelta(days=7))
    web = browser()
    web.cookies[settings.SESSION_TOKEN_COOKIE] = cookie_value(
        open_session(person_id=vera.id, factors=("password", "totp"))
    )
    answer = web.post(made.link.removeprefix(AUDITOR_URL))
    assert answer.status_code == 409
    assert "at another address" in answer.content.decode()
