"""The pages about the person who is signed in."""

from __future__ import annotations

import re
from uuid import uuid4

from django.core import mail

from accounts import selectors
from accounts.services import open_session
from accounts.services.second_factor import current_code
from tests.accounts.people import PASSWORD, SECRET, a_person, browser, open_sessions, sign_in, token_in

NEW = "seven-lamps-at-dawn"


def signed_in(**kind):
    person = a_person(**kind)
    client = browser()
    sign_in(client, person)
    return client, person


def next_code(offset=30):
    import time

    return current_code(SECRET, at=time.time() + offset)


def test_every_account_page_sends_strangers_to_the_sign_in_page_and_back():
    for path in ("/account/security/", "/account/sessions/", "/account/security/authenticator/"):
        answer = browser().get(path)
        assert answer.status_code == 302
        assert answer["Location"] == f"/account/sign-in/?next={path}"


def test_an_authenticator_is_set_up_with_password_and_code_and_the_session_becomes_strong():
    client, person = signed_in()
    before = token_in(client)
    assert not selectors.is_strong(before)
    page = client.get("/account/security/authenticator/").content.decode()
    assert "<svg" in page
    assert "data:" not in page
    setup = re.search(r'name="setup" value="([^"]+)"', page)[1]
    secret = re.search(r"<code class=\"mono\">([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    typed = {"setup": setup, "password": PASSWORD, "code": current_code(secret)}
    answer = client.post("/account/security/authenticator/", typed)
    codes = re.findall(r"<code class=\"mono\">(\d{8})</code>", answer.content.decode())
    assert len(set(codes)) == 10
    after = token_in(client)
    assert after != before
    assert selectors.person_of(before) is None
    assert selectors.is_strong(after)
    assert selectors.factors_of(person.id).recovery_codes_left == 10
    assert "authenticator app was added" in mail.outbox[-1].subject


def test_a_wrong_first_code_keeps_the_key_on_the_page():
    client, _person = signed_in()
    page = client.get("/account/security/authenticator/").content.decode()
    setup = re.search(r'name="setup" value="([^"]+)"', page)[1]
    answer = client.post("/account/security/authenticator/", {"setup": setup, "password": PASSWORD, "code": "000000"})
    assert answer.status_code == 400
    assert setup in answer.content.decode()


def test_a_set_up_of_another_person_or_a_made_up_one_is_refused():
    client, _person = signed_in()
    other, _other = signed_in()
    foreign = re.search(
        r'name="setup" value="([^"]+)"', other.get("/account/security/authenticator/").content.decode()
    )[1]
    for setup in (foreign, "", "nonsense", "a:b:c"):
        answer = client.post(
            "/account/security/authenticator/", {"setup": setup, "password": PASSWORD, "code": "000000"}
        )
        assert answer.status_code == 400


def test_two_tabs_set_up_one_authenticator():
    client, person = signed_in()
    pages = [client.get("/account/security/authenticator/").content.decode() for _tab in range(2)]
    answers = []
    for page in pages:
        setup = re.search(r'name="setup" value="([^"]+)"', page)[1]
        secret = re.search(r"<code class=\"mono\">([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
        typed = {"setup": setup, "password": PASSWORD, "code": current_code(secret)}
        answers.append(client.post("/account/security/authenticator/", typed).status_code)
    assert answers == [200, 400]
    assert selectors.factors_of(person.id).authenticator


def test_changing_the_password_needs_password_and_code_and_closes_other_sessions():
    client, person = signed_in(totp=True)
    open_session(person_id=person.id, factors=("password", "totp"))
    typed = {"password": PASSWORD, "new_password": NEW, "new_password_again": NEW}
    assert client.post("/account/security/password/", typed).status_code == 400
    assert client.post("/account/security/password/", typed | {"code": "000000"}).status_code == 400
    answer = client.post("/account/security/password/", typed | {"code": next_code()})
    assert answer.status_code == 302
    assert open_sessions(person) == 1
    assert selectors.is_strong(token_in(client))
    assert person.user.check_password(NEW)


def test_a_typing_error_in_the_new_password_costs_no_attempt():
    client, _person = signed_in()
    typed = {"password": PASSWORD, "new_password": NEW, "new_password_again": NEW + "x"}
    for _attempt in range(7):
        assert client.post("/account/security/password/", typed).status_code == 400
    assert client.post("/account/security/password/", typed | {"new_password_again": NEW}).status_code == 302


def test_new_recovery_codes_end_the_old_ones():
    client, person = signed_in(totp=True, recovery=True)
    answer = client.post("/account/security/recovery-codes/", {"password": PASSWORD, "code": next_code()})
    assert answer.status_code == 200
    fresh = re.findall(r"<code class=\"mono\">(\d{8})</code>", answer.content.decode())
    assert not set(fresh) & set(person.recovery_codes)
    again = browser()
    again.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
    assert again.post("/account/code/", {"code": person.recovery_codes[0]}).status_code == 400
    assert again.post("/account/code/", {"code": fresh[0]}).status_code == 302


def test_removing_the_authenticator_weakens_the_session():
    client, person = signed_in(totp=True)
    answer = client.post("/account/security/authenticator/remove/", {"password": PASSWORD, "code": next_code()})
    assert answer.status_code == 302
    assert not selectors.is_strong(token_in(client))
    assert not selectors.factors_of(person.id).authenticator


def test_one_closes_an_own_session_by_id_and_no_other_persons():
    client, person = signed_in()
    other_client, _other = signed_in()
    spare = open_session(person_id=person.id, factors=("password",))
    spare_id = next(view.id for view in selectors.sessions_of(spare) if view.current)
    foreign_id = selectors.sessions_of(token_in(other_client))[0].id
    foreign = client.post(f"/account/sessions/{foreign_id}/")
    missing = client.post(f"/account/sessions/{uuid4()}/")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content.replace(b"x", b"") == missing.content.replace(b"x", b"") or len(foreign.content)
    assert selectors.person_of(token_in(other_client)) is not None
    assert client.post(f"/account/sessions/{spare_id}/").status_code == 302
    assert selectors.person_of(spare) is None
    assert client.get("/account/sessions/").status_code == 200


def test_closing_all_other_sessions_keeps_this_one():
    client, person = signed_in()
    for _device in range(2):
        open_session(person_id=person.id, factors=("password",))
    client.post("/account/sessions/others/")
    assert open_sessions(person) == 1
    assert selectors.person_of(token_in(client)) is not None


def test_the_theme_is_stored_and_rendered_by_the_server():
    client, person = signed_in()
    answer = client.post("/account/preferences/", {"theme": "dark", "next": "/account/sessions/"})
    assert answer["Location"] == "/account/sessions/"
    assert 'data-theme="dark"' in client.get("/account/sessions/").content.decode()
    fresh = browser()
    sign_in(fresh, person)
    assert 'data-theme="dark"' in fresh.get("/account/").content.decode()


def test_a_theme_that_does_not_exist_and_a_foreign_way_back_are_refused():
    client, _person = signed_in()
    assert client.post("/account/preferences/", {"theme": "neon", "next": "/"}).status_code == 400
    answer = client.post("/account/preferences/", {"theme": "light", "next": "https://evil.example/"})
    assert answer["Location"] == "/account/preferences/"


def test_preferences_keep_bad_input_and_say_what_is_wrong():
    client, person = signed_in()
    bad = client.post("/account/preferences/", {"name": "", "theme": "dark", "time_zone": "Mars/Olympus"})
    assert bad.status_code == 400
    good = client.post("/account/preferences/", {"name": "Pat Q", "theme": "light", "time_zone": "Europe/Berlin"})
    assert good.status_code == 302
    assert selectors.person_of(token_in(client)).time_zone == "Europe/Berlin"
    assert person.user.name == "Pat Q"


def test_hostile_input_on_the_sign_in_pages_is_never_a_server_error():
    for value in (
        "\x00",
        "a\x00b@example.test",
        "x" * 5000,
        "\ud800".encode("utf-8", "surrogatepass").decode("latin1"),
        "' or 1=1 --",
    ):
        for path, field in (("/account/sign-in/", "login"), ("/account/reset/", "email")):
            answer = browser().post(path, {field: value, "password": value})
            assert answer.status_code < 500, (path, value[:20])
    client, _person = signed_in()
    for path in ("password", "authenticator"):
        answer = client.post(f"/account/security/{path}/", {"password": "\x00", "code": "\x00", "setup": "\x00"})
        assert answer.status_code == 400


def test_who_types_the_address_alone_signs_in_and_comes_to_the_list_or_the_only_dashboard():
    client = browser()
    assert client.get("/")["Location"] == "/account/"
    assert client.get("/account/")["Location"] == "/account/sign-in/"
    person = a_person()
    answer = client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer["Location"] == "/"
    assert client.get("/", follow=True).redirect_chain == [("/account/", 302)]


def test_account_pages_show_times_in_the_zone_that_the_person_chose():
    client, _person = signed_in()
    assert "Times in UTC" in client.get("/account/sessions/").content.decode()
    client.post("/account/preferences/", {"name": "Pat", "theme": "system", "time_zone": "Asia/Tokyo"})
    assert "Times in Asia/Tokyo" in client.get("/account/sessions/").content.decode()


def test_every_form_of_these_pages_refuses_a_post_from_another_site(cast):
    from django.test import Client
    from django.urls import URLResolver, get_resolver

    client = Client(enforce_csrf_checks=True)
    client.cookies = cast.olga.client().cookies
    checked = 0
    for entry in get_resolver().url_patterns:
        if not isinstance(entry, URLResolver) or str(entry.pattern) not in {"account/", "o/<slug:slug>/"}:
            continue
        for route in entry.url_patterns:
            text = str(route.pattern)
            if "(?P" in text:
                continue
            path = (
                "/"
                + str(entry.pattern).replace("<slug:slug>", cast.a.slug)
                + re.sub(r"<uuid:\w+>", str(uuid4()), re.sub(r"<str:\w+>", "AC-01", re.sub(r"<int:\w+>", "1", text)))
            )
            answer = client.post(path, {"theme": "dark"})
            assert answer.status_code in {403, 405}, (path, answer.status_code)
            checked += 1
    assert checked > 40


def test_no_factor_is_changed_without_the_password_even_with_a_right_code():
    client, person = signed_in(totp=True)
    wrong = {"password": "not-the-password-at-all", "new_password": NEW, "new_password_again": NEW}
    for path in ("password/", "authenticator/remove/", "recovery-codes/"):
        answer = client.post(f"/account/security/{path}", wrong | {"code": next_code()})
        assert answer.status_code == 400, path
        assert "The password is not right." in answer.content.decode()
    assert person.user.check_password(PASSWORD)
    assert selectors.factors_of(person.id).authenticator
    fresh, _fresh_person = signed_in()
    page = fresh.get("/account/security/authenticator/").content.decode()
    setup = re.search(r'name="setup" value="([^"]+)"', page)[1]
    secret = re.search(r"<code class=\"mono\">([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    typed = {"setup": setup, "password": "not-the-password-at-all", "code": current_code(secret)}
    assert fresh.post("/account/security/authenticator/", typed).status_code == 400
