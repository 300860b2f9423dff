"""Our rules inside allauth: what a completed login opens, and how secrets are stored.

allauth runs the steps (password, verified address, second factor) and keeps
them in a short signed cookie. Only `AccountAdapter.login`, which allauth calls
after the last step, opens a session in the database.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from smtplib import SMTPException
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.models import update_last_login
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors.people import organizations_of
from accounts.services.sessions import close_session, rotate_session

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

logger = logging.getLogger(__name__)

EVERYONE = "everyone"
_NAMES = {"totp": "totp", "recovery_codes": "recovery"}


def factors_given(request: HttpRequest, user: User) -> set[str]:
    """Return the factors this person has given in the present sign-in, in the words of `sec`."""
    given = set()
    for record in get_authentication_records(request, user):
        if record.get("method") == "password":
            given.add("password")
        elif record.get("method") == "mfa" and record.get("type") in _NAMES:
            given.add(_NAMES[str(record["type"])])
    return given


class AccountAdapter(DefaultAccountAdapter):
    """What allauth does our way; see the module docstring."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait a minute, then try again."),
        "incorrect_password": _("The password is not right."),
    }

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Open the session in the database; allauth calls this when every factor was given.

        The token goes to the browser by `accounts.middleware`. The signed cookie
        with the steps is emptied: it has done its work.
        """
        assert isinstance(user, User)  # AUTH_USER_MODEL
        factors = factors_given(request, user)
        token = rotate_session(token=request.session_token, person_id=user.pk, factors=factors)  # type: ignore[attr-defined]
        request.session_token = request.issued_token = token  # type: ignore[attr-defined]
        request.user = user
        update_last_login(None, user)  # type: ignore[arg-type]  # any model with last_login
        rotate_token(request)
        request.session.flush()

    def logout(self, request: HttpRequest) -> None:
        """Close the session in the database and take the cookie away."""
        from django.contrib.auth.models import AnonymousUser

        token: bytes | None = request.session_token  # type: ignore[attr-defined]
        if token is not None:
            close_session(token=token)
        request.session_token, request.close_token = None, True  # type: ignore[attr-defined]
        request.user = AnonymousUser()
        rotate_token(request)
        request.session.flush()

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Go on to the page asked for, or first to the set-up of a second factor where one is needed."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        token: bytes = request.session_token  # type: ignore[attr-defined]
        if any(entry.needs_factor for entry in organizations_of(token)):
            return HttpResponseRedirect(reverse("accounts:second-factor"))
        return response

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt over all, then per address and account; a full count refuses."""
        allowed = ratelimit.consume(request, app="allauth.account", action="login_everyone", key=EVERYONE)
        if not allowed:
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only who opened an invitation may sign up, unless the installation is open to all."""
        return bool(getattr(settings, "OPEN_SIGN_UP", False)) or bool(request.session.get("account_verified_email"))

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Store the name with the new person."""
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit=commit)

    def is_safe_url(self, url: str) -> bool:
        """Only pages of this very host are returned to."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand one mail over, so that neither the time nor the outcome tells whether there was somebody to write to.

        Only known addresses get mail. Waiting for the mail server here would make their answers slower, and a server
        that refuses would make them a 500; so another thread talks to it, and a refusal goes to the log.
        """
        message = self.render_mail(template_prefix, email, {"request": self.request, "email": email} | context)
        if settings.MAIL == "page":
            _send(message)  # a row in our own database
        else:
            Thread(target=_send, args=(message,), name="account-mail").start()

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of a reset, at the installation's own address: the request's host has a port that anybody may name."""
        return _at_home(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The link that verifies an address, likewise."""
        return _at_home(super().get_email_confirmation_url(request, emailconfirmation))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: our pages tell what happened, and the templates of allauth are not ours."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Stores second-factor secrets encrypted under the installation's secret key."""

    def encrypt(self, text: str) -> str:
        """Return `text` encrypted and authenticated."""
        return _cipher().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Return what `encrypt` was given; raises `cryptography.fernet.InvalidToken` under another key."""
        return _cipher().decrypt(encrypted_text.encode("ascii")).decode()


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except (SMTPException, OSError) as error:
        logger.warning("account mail could not be sent: %s", type(error).__name__)


def _at_home(url: str) -> str:
    home = settings.AUDITOR_URL if settings.PROCESS == "auditor" and settings.AUDITOR_URL else settings.HOST_URL
    return str(home) + urlsplit(url).path


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(key))) for key in keys])


def _derived(key: str) -> bytes:
    # Key separation: what is signed with SECRET_KEY and what is encrypted use different keys.
    return base64.urlsafe_b64encode(hashlib.sha256(b"attestry second factor|" + key.encode()).digest())
