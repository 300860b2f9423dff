"""Links that are mailed: verification and new passwords."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as installation
from django.core import mail

from accounts import selectors
from accounts.models import StoredMail
from accounts.services.second_factor import current_code
from tests.accounts.people import PASSWORD, SECRET, a_person, browser, open_sessions, sign_in, token_in

NEW = "seven-lamps-at-dawn"


def link_to(email: str) -> str:
    """The path of the newest link mailed to an address."""
    sent = [message for message in mail.outbox if message.to == [email]]
    return re.findall(r"https?://[^/\s]+(/account/\S+)", sent[-1].body)[-1]


def test_an_unverified_address_opens_no_session_and_gets_a_link():
    person = a_person(verified=False)
    client = browser()
    answer = client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer["Location"] == "/account/verify/"
    assert open_sessions(person) == 0
    assert client.get("/account/verify/").status_code == 200
    assert link_to(person.email).startswith("/account/verify/")


def test_opening_the_verification_link_changes_nothing_and_the_post_verifies_once():
    person = a_person(verified=False)
    client = browser()
    client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
    path = link_to(person.email)
    for _scanner in range(2):
        assert browser().get(path).status_code == 200
    elsewhere = browser()
    assert elsewhere.post("/account/sign-in/", {"login": person.email, "password": PASSWORD}).status_code != 200
    assert open_sessions(person) == 0
    assert client.post(path).status_code == 302
    assert browser().get(path).status_code == 410
    assert browser().post(path).status_code == 410
    sign_in(browser(), person)
    assert open_sessions(person) == 1


def test_a_changed_verification_link_is_gone():
    assert browser().get("/account/verify/MQ:1abc:nothing-signed/").status_code == 410


def test_a_reset_mails_a_link_that_works_once_and_closes_every_session():
    person = a_person(totp=True)
    client = browser()
    sign_in(client, person)
    assert browser().post("/account/reset/", {"email": person.email})["Location"] == "/account/reset/sent/"
    path = link_to(person.email)
    other = browser()
    form = other.get(path, follow=True)
    assert form.status_code == 200
    assert open_sessions(person) == 1
    answer = other.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert answer["Location"] == "/account/reset/done/"
    assert open_sessions(person) == 0
    assert selectors.person_of(token_in(client)) is None
    again = browser().get(path, follow=True)
    assert "does not work any more" in again.content.decode()


def test_a_reset_does_not_stand_in_for_the_second_factor():
    person = a_person(totp=True)
    browser().post("/account/reset/", {"email": person.email})
    other = browser()
    form = other.get(link_to(person.email), follow=True)
    other.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    answer = other.post("/account/sign-in/", {"login": person.email, "password": NEW})
    assert answer["Location"] == "/account/code/"
    assert other.post("/account/code/", {"code": current_code(SECRET)}).status_code == 302


def test_a_reset_for_an_unknown_address_answers_the_same_and_mails_nothing():
    known = a_person()
    answers = [browser().post("/account/reset/", {"email": email}) for email in (known.email, "nobody@example.test")]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
    assert [message.to for message in mail.outbox] == [[known.email]]


def test_a_short_new_password_is_refused_with_the_reason():
    person = a_person()
    browser().post("/account/reset/", {"email": person.email})
    other = browser()
    form = other.get(link_to(person.email), follow=True)
    answer = other.post(form.redirect_chain[-1][0], {"password1": "short", "password2": "short"})
    assert answer.status_code == 400
    assert "at least 12 characters" in answer.content.decode()


def test_nobody_signs_up_without_an_invitation():
    answer = browser().get("/account/sign-up/")
    assert "An account comes with an invitation" in answer.content.decode()


def test_an_open_installation_lets_people_sign_up_but_not_in_before_the_address_is_verified(settings):
    settings.OPEN_SIGN_UP = True
    email = "new." + a_person().email
    client = browser()
    typed = {"name": "New Person", "email": email, "password1": NEW, "password2": NEW}
    answer = client.post("/account/sign-up/", typed)
    assert answer["Location"] == "/account/verify/"
    assert installation.SESSION_TOKEN_COOKIE not in client.cookies
    client.post(link_to(email))
    assert client.post("/account/sign-in/", {"login": email, "password": NEW})["Location"] == "/"
    assert selectors.person_of(token_in(client)).name == "New Person"


def test_embedded_mail_is_kept_on_a_page_and_only_there(settings):
    settings.EMAIL_BACKEND = "accounts.mail.PageBackend"
    person = a_person()
    browser().post("/account/reset/", {"email": person.email})
    assert StoredMail.objects.filter(to=person.email).count() == 1
    page = browser().get("/account/mail/", {"to": person.email})
    assert "Set a new password" in page.content.decode()
    settings.MODE = "production"
    assert browser().get("/account/mail/").status_code == 404


def test_production_never_keeps_mail_on_a_page(settings):
    from accounts.errors import OnlyEmbedded
    from accounts.mail import PageBackend

    settings.MODE = "production"
    with pytest.raises(OnlyEmbedded):
        PageBackend().send_messages([])
