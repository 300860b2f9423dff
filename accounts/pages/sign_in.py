"""Signing in and out. The steps are allauth's; looks, limits and what they open are ours."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.views import (
    ConfirmEmailView,
    LoginView,
    PasswordResetFromKeyView,
    PasswordResetView,
    SignupView,
)
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from accounts.mail import mail_page_is_open


class RefusedAsClientError:
    """Answers a refused form with 400 or 429, with the input kept, instead of allauth's 200."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Render the page again with the reason."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        codes = {error.code for errors in form.errors.as_data().values() for error in errors}
        limited = "too_many_login_attempts" in codes
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS if limited else HTTPStatus.BAD_REQUEST
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what our sign-in templates show beside the form."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {
            "mail_page": mail_page_is_open(),
            "is_auditor_process": settings.PROCESS == "auditor",
        }


class SignInView(RefusedAsClientError, LoginView):
    """E-mail address and password."""


class SecondFactorView(RefusedAsClientError, AuthenticateView):
    """The code after the password; the session opens when it is right."""


class SignUpView(RefusedAsClientError, SignupView):
    """A new person, on an invitation."""


class ResetView(RefusedAsClientError, PasswordResetView):
    """Asks for the link for a new password; the answer is the same for an unknown address."""


class NewPasswordView(RefusedAsClientError, PasswordResetFromKeyView):
    """Sets a new password after the mailed link. Opening the link changes nothing."""


class VerifyView(ConfirmEmailView):
    """Verifies an address by a POST; opening the mailed link changes nothing."""

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """A link that ran out or was used is told with 410."""
        response: HttpResponse = super().render_to_response(context, **kwargs)
        if self.object is None:
            response.status_code = HTTPStatus.GONE
        return response

    def post(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Verify; a link that ran out meanwhile gets the page that says so."""
        from django.http import Http404

        try:
            answer: HttpResponseBase = super().post(*args, **kwargs)
        except Http404:
            self.object = None
            return self.render_to_response(self.get_context_data())
        return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Close the session in the database, now, and go back to the sign-in page."""
    get_adapter().logout(request)
    return redirect("accounts:sign-in")


def start_again(request: HttpRequest) -> HttpResponse:
    """Leave the steps of a half-done sign-in and begin with the password again."""
    clear_login(request)
    return (
        redirect_to_login("", login_url="accounts:sign-in") if request.GET.get("next") else redirect("accounts:sign-in")
    )


def inactive(request: HttpRequest) -> HttpResponse:
    """Say that the account was switched off."""
    return TemplateResponse(request, "account/account_inactive.html", status=HTTPStatus.FORBIDDEN)
