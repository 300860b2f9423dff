"""People for the tests of the accounts room, and what a browser does with them."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.test import Client

from accounts.models import User
from accounts.selectors import sessions_of
from accounts.services import close_session, create_person, open_session
from accounts.services.second_factor import current_code, replace_recovery_codes

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "four-winds-over-water"


@dataclass(frozen=True)
class SignInPerson:
    """Somebody with a password."""

    id: UUID
    email: str
    password: str = PASSWORD
    recovery_codes: tuple[str, ...] = field(default=())

    @property
    def user(self) -> User:
        return User.objects.get(pk=self.id)


def a_person(*, totp=False, recovery=False, verified=True, name="Pat Example") -> SignInPerson:
    """A new person, with an authenticator or without."""
    email = f"pat.{secrets.token_hex(5)}@example.test"
    view = create_person(email, name, PASSWORD, totp_secret=SECRET if totp else None, verified=verified)
    codes = replace_recovery_codes(User.objects.get(pk=view.id)) if recovery else ()
    return SignInPerson(id=view.id, email=email, recovery_codes=codes)


def browser() -> Client:
    """A browser at an address of its own, so that counts per address do not meet other tests."""
    return Client(REMOTE_ADDR=f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.{secrets.randbelow(250)}")


def sign_in(client: Client, person: SignInPerson, *, code: str | None = None) -> None:
    """Sign in at the pages, with the code of the app where it is asked for."""
    answer = client.post("/account/sign-in/", {"login": person.email, "password": person.password})
    assert answer.status_code == 302, answer.content.decode()
    if answer["Location"] == "/account/code/":
        answer = client.post("/account/code/", {"code": code or current_code(SECRET)})
        assert answer.status_code == 302, answer.content.decode()


def token_in(client: Client) -> bytes:
    """The session token in a browser's cookie."""
    value = client.cookies[settings.SESSION_TOKEN_COOKIE].value
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def open_sessions(person: SignInPerson) -> int:
    """How many sessions of a person are open, besides the one that asks."""
    token = open_session(person_id=person.id, factors=("password",))
    found = len(sessions_of(token)) - 1
    close_session(token=token)
    return found
