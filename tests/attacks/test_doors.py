"""Attacks on single doors: addresses, links, mail, limits, redirects."""

from __future__ import annotations

import re
import smtplib
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connections
from django.test import Client, override_settings

from accounts.models import User
from accounts.services import create_person
from accounts.services.second_factor import current_code
from organizations.api.door import token_text
from tests.attacks.hostile import VALUES, forms_of
from tests.cast import Cast, Organization

PASSWORD = "correct horse battery staple"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ELSEWHERE = (
    "//evil.example",
    "https://evil.example/",
    "https:evil.example",
    "http:///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "/\t/evil.example",
    "\x00//evil.example",
    " //evil.example",
    "//testserver:1@evil.example",
)


class BrokenMail(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, email_messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected("gone")


def browser() -> Client:
    return Client(raise_request_exception=False)


def person(*, totp: str | None = None) -> tuple[str, User]:
    view = create_person(f"{uuid4().hex}@example.test", "Some Body", PASSWORD, totp)
    return view.email, User.objects.get(pk=view.id)


# --- addresses ---------------------------------------------------------------


@pytest.mark.parametrize("slug", ["ALPHA", "x", "a_b", "a" * 41, "Alpha-1"])
@pytest.mark.parametrize("rest", ["", "controls/", "settings/", "evidence/1/", "connect/"])
def test_an_address_that_no_organization_can_have_answers_like_an_unknown_one(
    organization: Organization, slug: str, rest: str
) -> None:
    for client in (organization.owner.client(raise_request_exception=False), browser()):
        for answer in (client.get(f"/o/{slug}/{rest}"), client.post(f"/o/{slug}/{rest}")):
            unknown = client.get(f"/o/nobody-{uuid4().hex[:8]}/{rest}")
            assert answer.status_code == unknown.status_code


@pytest.mark.parametrize(
    "rest", ["controls/%00/", "controls/a%00b/", "controls/%ff%fe/", "controls/" + "x" * 3000 + "/", "evidence/%00/",
             f"evidence/{10**30}/", f"evidence/{2**63}/raw", "controls/%ED%A0%80/", "controls/%E2%80%AE/", "controls/..%2f../"]
)  # fmt: skip
def test_a_hostile_part_of_an_address_is_not_found(organization: Organization, rest: str) -> None:
    client = organization.owner.client(raise_request_exception=False)
    assert client.get(f"/o/{organization.slug}/{rest}").status_code in {400, 404}


@pytest.mark.parametrize(
    "days", [("9999-12-01", "9999-12-31"), ("0001-01-01", "0001-02-28"), ("1000-01-01", "1000-03-01")]
)
def test_a_window_at_the_end_of_time_is_refused_and_the_pages_go_on(
    organization: Organization, days: tuple[str, str]
) -> None:
    client, home = organization.owner.client(raise_request_exception=False), f"/o/{organization.slug}/"
    zone = {"name": "Example", "time_zone": "Asia/Tokyo"}
    assert client.post(f"{home}settings/", zone).status_code == 302
    answer = client.post(f"{home}window/", {"starts_on": days[0], "ends_on": days[1]})
    assert answer.status_code == 422
    assert [client.get(home + page).status_code for page in ("", "controls/", "framework/", "window/")] == [200] * 4


# --- redirects ---------------------------------------------------------------


@pytest.mark.parametrize("place", ELSEWHERE)
def test_signing_in_and_switching_the_theme_lead_to_no_other_host(place: str) -> None:
    email, _user = person()
    client = browser()
    signed_in = client.post("/account/sign-in/", {"login": email, "password": PASSWORD, "next": place})
    again = client.get("/account/sign-in/", {"next": place})
    theme = client.post("/account/preferences/", {"theme": "dark", "next": place})
    for answer in (signed_in, again, theme):
        assert answer.status_code == 302
        target = answer["Location"]
        assert (
            urlsplit(target).netloc in {"", "testserver"} and target.startswith("/") and target[1:2] not in {"/", "\\"}
        )


def test_a_very_long_address_to_return_to_is_no_crash(organization: Organization) -> None:
    client = browser()
    long = "/o/" + "x" * 30 + "/?q=" + "y" * 9_000
    assert client.get(long).status_code < 500
    assert client.get("/account/sign-in/", {"next": long}).status_code < 500
    email, _user = person()
    assert client.post("/account/sign-in/", {"login": email, "password": PASSWORD, "next": long}).status_code < 500


# --- mail --------------------------------------------------------------------


def test_a_mail_server_that_fails_does_not_tell_which_addresses_have_an_account() -> None:
    email, _user = person()
    with override_settings(EMAIL_BACKEND="tests.attacks.test_doors.BrokenMail"):
        known = browser().post("/account/reset/", {"email": email})
        unknown = browser().post("/account/reset/", {"email": f"{uuid4().hex}@example.test"})
    assert (known.status_code, known.get("Location")) == (unknown.status_code, unknown.get("Location"))


def test_the_link_of_a_reset_leads_to_the_installations_own_address() -> None:
    email, _user = person()
    with override_settings(HOST_URL="https://attestry.example"):
        answer = browser().post("/account/reset/", {"email": email}, headers={"host": "testserver:6666"})
    assert answer.status_code == 302
    body = str(next(sent for sent in mail.outbox if sent.to == [email]).body)
    links = re.findall(r"https?://\S+", body)
    assert links and all(link.startswith("https://attestry.example/") for link in links)


# --- what the answers tell ---------------------------------------------------


def test_signing_in_answers_alike_for_an_unknown_address_and_hashes_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.hashing import QuickArgon2PasswordHasher

    hashed: list[str] = []
    encode = QuickArgon2PasswordHasher.encode
    verify = QuickArgon2PasswordHasher.verify
    monkeypatch.setattr(
        QuickArgon2PasswordHasher, "encode", lambda *a, **k: (hashed.append("encode"), encode(*a, **k))[1]
    )
    monkeypatch.setattr(
        QuickArgon2PasswordHasher, "verify", lambda *a, **k: (hashed.append("verify"), verify(*a, **k))[1]
    )
    email, _user = person()
    off_email, off = person()
    User.objects.filter(pk=off.pk).update(is_active=False)
    answers, costs = [], []
    for address in (email, f"{uuid4().hex}@example.test", off_email):
        hashed.clear()
        answer = browser().post("/account/sign-in/", {"login": address, "password": "not the password"})
        costs.append(len(hashed))
        text = re.sub(rb'value="[^"]*"', b"", answer.content)
        answers.append((answer.status_code, text))
    assert answers[0] == answers[1] == answers[2]
    assert costs[0] == costs[1] == costs[2]


def test_a_session_cookie_is_hidden_from_script_and_changes_when_a_password_does() -> None:
    email, _user = person(totp=SECRET)
    client = browser()
    client.post("/account/sign-in/", {"login": email, "password": PASSWORD})
    client.post("/account/code/", {"code": current_code(SECRET)})
    first = client.cookies["attestry"]
    assert first["httponly"] and first["samesite"] == "Lax" and first["path"] == "/"


# --- links of the account pages ----------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "reset/zzz-abc/", "reset/0-set-password/", "reset/" + "z" * 400 + "-abc/", "reset/1-" + "x" * 2000 + "/",
        "verify/x/", "verify/" + "x" * 3000 + "/", "verify/a:b:c/", "accept/" + "a" * 41 + "/", "accept/" + "-" * 999 + "/",
        "reset/1-%00/", "code/", "inactive/", "verify/", "start-again/?next=//evil.example", "mail/?page=x&to=%00",
        "mail/?page=-1", "mail/?page=99999999999999999999",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_made_up_link_of_the_account_pages_is_refused(path: str, method: str) -> None:
    answer = getattr(browser(), method)(f"/account/{path}")
    assert answer.status_code < 500
    assert "evil.example" not in answer.get("Location", "")


@pytest.mark.parametrize("cookie", ["", "x", "ä", "=" * 50, "A" * 43, "A" * 5000, "%00", '"quoted"', "A" * 42 + "\\"])
def test_a_made_up_session_cookie_is_nobody(organization: Organization, cookie: str) -> None:
    client = browser()
    for name in ("attestry", "attestry_steps", "messages", "theme", "attestry_csrf"):
        client.cookies[name] = cookie
    answers = [client.get(path) for path in ("/", "/account/", "/account/sign-in/", f"/o/{organization.slug}/")]
    assert [answer.status_code for answer in answers] == [302, 302, 200, 302]


def test_every_account_form_takes_hostile_values() -> None:
    email, _user = person(totp=SECRET)
    client = browser()
    client.post("/account/sign-in/", {"login": email, "password": PASSWORD})
    assert client.post("/account/code/", {"code": current_code(SECRET)}).status_code == 302
    crashed = []
    for place in (
        "sign-in/", "sign-up/", "code/", "reset/", "preferences/", "found/", "security/password/",
        "security/authenticator/", "security/authenticator/remove/", "security/recovery-codes/",
    ):  # fmt: skip
        for one in (client, browser()):
            page = one.get(f"/account/{place}", follow=True)
            names = {name for _action, fields in forms_of(page.content.decode()) for name in fields}
            names |= {"login", "password", "email", "password1", "password2", "name", "code", "setup", "next", "slug"}
            for value in VALUES[::3]:
                if one.post(f"/account/{place}", dict.fromkeys(names, value)).status_code >= 500:
                    crashed.append((place, value[:30]))
    assert not crashed


def test_a_refused_secret_is_not_written_back_into_the_page(organization: Organization) -> None:
    client = organization.owner.client(raise_request_exception=False)
    with override_settings(AWS_ENDPOINT="http://127.0.0.1:9"):
        typed = {
            "name": "x", "region": "nowhere", "access_key_id": "AKIA0123456789ABCDEF",
            "secret_access_key": "verysecretvalue0123456789",
        }  # fmt: skip
        answer = client.post(f"/o/{organization.slug}/connect/", typed)
    assert answer.status_code == 422
    assert b"verysecretvalue" not in answer.content


# --- the API -----------------------------------------------------------------


def api(organization: Organization, role: str = "api_read") -> dict[str, str]:
    with organization.owner.bound(), connections["default"].cursor() as cursor:
        cursor.execute("select sec.new_api_token(%s, %s, '1 day')", (role, role))
        return {"Authorization": f"Bearer {token_text(bytes(cursor.fetchone()[0]))}"}


@pytest.mark.parametrize("limit", ["0000000000019999", "000000000001" + "9" * 60, "000000000200" + "0", "201", "0"])
def test_no_spelling_of_a_limit_is_beyond_the_limit(organization: Organization, limit: str) -> None:
    answer = browser().get(f"/api/v1/o/{organization.slug}/activity/", {"limit": limit}, headers=api(organization))
    assert answer.status_code == 400


def test_every_route_answers_every_method_in_the_apis_shape(organization: Organization) -> None:
    from tests.contracts.test_addresses import ROUTES

    headers, client = api(organization), browser()
    ids = {"slug": organization.slug, "key": "AC-01", "seq": "1"}
    for path in ROUTES:
        url = "/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: ids.get(found[2], str(uuid4())), path)
        got = client.get(url, headers=headers)
        assert client.head(url, headers=headers).status_code == got.status_code, path
        for method in ("PUT", "DELETE", "TRACE", "POST", "PATCH"):
            answer = client.generic(method, url, headers=headers)
            assert answer.status_code in {403, 404, 405}, (method, path, answer.status_code)
            assert answer["Content-Type"].startswith("application/problem+json")
        assert client.options(url, headers=headers).status_code in {200, 403, 404}
        for answer in (got, client.get(url), client.get(url, headers={"Authorization": "Bearer at_x"})):
            assert "no-store" in answer.headers.get("Cache-Control", ""), path


@pytest.mark.parametrize(
    "cursor", ["e30", "eyJiZWZvcmUiOm51bGx9", "eyJiZWZvcmUiOltdfQ", "eyJiZWZvcmUiOi0xfQ", "eyJiZWZvcmUiOjFlOTl9", "AAAA", "W10"]
)  # fmt: skip
def test_a_made_up_cursor_is_refused_or_ignored(organization: Organization, cursor: str) -> None:
    headers = api(organization)
    for route in ("activity/", "evidence/", "controls/", "records/"):
        answer = browser().get(f"/api/v1/o/{organization.slug}/{route}", {"cursor": cursor}, headers=headers)
        assert answer.status_code < 500


def test_a_person_of_one_organization_owns_nothing_of_another(cast: Cast) -> None:
    client, home = cast.olga.client(raise_request_exception=False), f"/o/{cast.olga.slug}/"
    client.post(f"{home}controls/adopt/", {"keys": "AC-08"})
    assert client.post(f"{home}controls/AC-08/owner/", {"owner": str(cast.mallory.member_id)}).status_code == 422
    assert (
        client.post(f"{home}controls/owners/", {"keys": "AC-08", "owner": str(cast.mallory.member_id)}).status_code
        == 422
    )
    for page in (f"settings/members/{cast.mallory.member_id}/", f"settings/members/{cast.mallory.member_id}/remove/"):
        assert client.post(home + page, {"role": "viewer", "was": "owner"}).status_code == 404
