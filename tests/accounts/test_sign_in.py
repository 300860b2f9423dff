"""Signing in at the pages, with the real database and the real counts of attempts."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.test import Client

from accounts import selectors
from accounts.services.second_factor import current_code
from tests.accounts.people import SECRET, a_person, browser, open_sessions, sign_in, token_in


def test_a_password_alone_opens_no_session_while_a_second_factor_is_set_up():
    person = a_person(totp=True)
    client = browser()
    answer = client.post("/account/sign-in/", {"login": person.email, "password": person.password})
    assert answer.status_code == 302
    assert answer["Location"] == "/account/code/"
    assert settings.SESSION_TOKEN_COOKIE not in client.cookies
    assert open_sessions(person) == 0


def test_password_and_code_open_one_session_with_both_factors():
    person = a_person(totp=True)
    client = browser()
    sign_in(client, person)
    token = token_in(client)
    assert selectors.person_of(token).email == person.email
    assert [view.factors for view in selectors.sessions_of(token)] == [("password", "totp")]


def test_a_person_without_second_factor_signs_in_with_the_password():
    person = a_person()
    client = browser()
    sign_in(client, person)
    assert [view.factors for view in selectors.sessions_of(token_in(client))] == [("password",)]


def test_a_recovery_code_stands_in_for_the_app_and_works_once():
    person = a_person(totp=True, recovery=True)
    for expected in (302, 400):
        client = browser()
        client.post("/account/sign-in/", {"login": person.email, "password": person.password})
        answer = client.post("/account/code/", {"code": person.recovery_codes[0]})
        assert answer.status_code == expected
        if expected == 302:
            assert selectors.sessions_of(token_in(client))[0].factors == ("password", "recovery")


def test_a_wrong_code_opens_nothing_and_says_what_to_do():
    person = a_person(totp=True)
    client = browser()
    client.post("/account/sign-in/", {"login": person.email, "password": person.password})
    answer = client.post("/account/code/", {"code": "000000"})
    assert answer.status_code == 400
    assert "each code works once" in answer.content.decode()
    assert open_sessions(person) == 0


def test_a_code_that_was_used_is_refused_the_second_time():
    person = a_person(totp=True)
    code = current_code(SECRET)
    first, second = browser(), browser()
    sign_in(first, person, code=code)
    second.post("/account/sign-in/", {"login": person.email, "password": person.password})
    assert second.post("/account/code/", {"code": code}).status_code == 400
    assert open_sessions(person) == 1


def test_the_code_page_is_closed_without_the_password_before_it():
    answer = browser().get("/account/code/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/sign-in/")


def test_a_wrong_password_keeps_the_address_and_tells_nothing_about_the_account():
    person = a_person()
    known = browser().post("/account/sign-in/", {"login": person.email, "password": "not this one at all"})
    unknown = browser().post("/account/sign-in/", {"login": "nobody@example.test", "password": "not this one at all"})
    assert known.status_code == unknown.status_code == 400
    assert person.email in known.content.decode()
    text = "The e-mail address or the password is not right."
    assert text in known.content.decode()
    assert text in unknown.content.decode()


def test_after_five_wrong_passwords_even_the_right_one_is_refused():
    person = a_person()
    for _attempt in range(5):
        browser().post("/account/sign-in/", {"login": person.email, "password": "wrong wrong wrong"})
    answer = browser().post("/account/sign-in/", {"login": person.email, "password": person.password})
    assert answer.status_code == 429
    assert open_sessions(person) == 0


def test_after_five_wrong_codes_even_the_right_one_is_refused():
    person = a_person(totp=True)
    client = browser()
    client.post("/account/sign-in/", {"login": person.email, "password": person.password})
    for _attempt in range(5):
        client.post("/account/code/", {"code": "000000"})
    answer = client.post("/account/code/", {"code": current_code(SECRET)})
    assert answer.status_code == 429
    assert open_sessions(person) == 0


def test_signing_in_is_closed_while_attempts_cannot_be_counted(settings):
    person = a_person()
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    answer = browser().post("/account/sign-in/", {"login": person.email, "password": person.password})
    assert answer.status_code == 503
    assert open_sessions(person) == 0


def test_signing_out_closes_the_session_in_the_database():
    person = a_person()
    client = browser()
    sign_in(client, person)
    token = token_in(client)
    assert client.get("/account/sign-out/").status_code == 405
    assert client.post("/account/sign-out/").status_code == 302
    assert selectors.person_of(token) is None
    copy = Client()
    copy.cookies[settings.SESSION_TOKEN_COOKIE] = selectors.sessions.cookie_value(token)
    assert copy.get("/account/").status_code == 302


def test_a_second_sign_in_in_the_same_browser_replaces_the_session():
    person = a_person()
    client = browser()
    sign_in(client, person)
    old = token_in(client)
    client.post("/account/sign-out/")
    sign_in(client, person)
    assert token_in(client) != old
    assert selectors.person_of(old) is None


def test_the_page_asked_for_comes_after_signing_in_and_a_foreign_one_does_not():
    person = a_person()
    own = browser().post("/account/sign-in/?next=/account/sessions/", _credentials(person))
    foreign = browser().post("/account/sign-in/?next=https://evil.example/", _credentials(person))
    assert own["Location"] == "/account/sessions/"
    assert foreign["Location"] == "/"


def test_the_steps_cookie_is_sent_to_account_pages_only_and_holds_nobody_after_signing_in():
    person = a_person(totp=True)
    client = browser()
    client.post("/account/sign-in/", _credentials(person))
    steps = client.cookies[settings.SESSION_COOKIE_NAME]
    assert steps["path"] == "/account/"
    assert steps["httponly"]
    client.post("/account/code/", {"code": current_code(SECRET)})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value == ""


def test_the_steps_cookie_signs_nobody_in():
    person = a_person(totp=True)
    client = browser()
    client.post("/account/sign-in/", _credentials(person))
    assert client.get("/account/sessions/").status_code == 302


def test_a_malformed_session_cookie_is_nobody():
    for value in ("", "x", "%00", "A" * 43, "é" * 30, "A" * 5000):
        client = browser()
        client.cookies[settings.SESSION_TOKEN_COOKIE] = value
        assert client.get("/account/").status_code == 302


def test_account_pages_are_never_kept_by_a_cache():
    person = a_person()
    client = browser()
    sign_in(client, person)
    for path in ("/account/", "/account/sessions/", "/account/security/"):
        assert "no-store" in client.get(path)["Cache-Control"]


def _credentials(person):
    return {"login": person.email, "password": person.password}


def test_of_two_sign_ins_at_once_with_one_code_one_gets_in(monkeypatch):
    import threading
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    from accounts.errors import WrongCode
    from accounts.services import second_factor

    person = a_person(totp=True)
    match, both_read = second_factor._matching_counter, threading.Barrier(2)

    def match_when_both_have_read(*args, **kwargs):
        # Without the lock on the row both come here with the old counter; with it the second waits for the first.
        with suppress(threading.BrokenBarrierError):
            both_read.wait(timeout=1)
        return match(*args, **kwargs)

    def attempt(code):
        try:
            return second_factor.use_code(person.user, code)
        except WrongCode:
            return "refused"
        finally:
            connections.close_all()

    monkeypatch.setattr(second_factor, "_matching_counter", match_when_both_have_read)
    code = current_code(SECRET)
    connections.close_all()  # the sign-in pool has two connections, and both threads need one
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, [code, code])) == ["refused", "totp"]
