"""Password and second factor of the person who is signed in.

Each form asks for the password again and, once there is a second factor, for a
code. After a change the session token is a new one; a new password also closes
all other sessions.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import AddAuthenticatorForm, ChangePasswordForm, ProofForm
from accounts.models import User
from accounts.pages.home import signed_in_user, token_of
from accounts.selectors import factors_of
from accounts.services import close_all_sessions, rotate_session
from accounts.services.notices import tell_person
from accounts.services.qr import authenticator_address, qr_path
from accounts.services.second_factor import remove_second_factor, replace_recovery_codes


@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show which factors there are and where to change them."""
    return render(request, "accounts/security.html", {"factors": factors_of(signed_in_user(request).pk)})


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the password; every other session of the person is closed."""
    user = signed_in_user(request)
    data = request.POST if request.method == "POST" else None
    form = ChangePasswordForm(data, user=user, has_second_factor=factors_of(user.pk).authenticator)
    if form.is_bound and form.is_valid():
        user.set_password(form.cleaned_data["new_password"])
        user.save(update_fields=["password"])
        close_all_sessions(person_id=user.pk)
        step_up(request, user, {"password"} | ({form.method} - {""}))
        tell_person(user, _("Your password was changed"))
        messages.success(request, _("The password is changed. All other sessions are closed."))
        return redirect("accounts:security")
    return _form_page(request, "accounts/change_password.html", form)


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_authenticator(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app; the recovery codes are shown on the answer, once."""
    user = signed_in_user(request)
    if request.method != "POST" and factors_of(user.pk).authenticator:
        messages.info(request, _("An authenticator app is set up already."))
        return redirect("accounts:security")
    form = AddAuthenticatorForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_bound and form.is_valid():
        step_up(request, user, {"password", "totp"})
        tell_person(user, _("An authenticator app was added to your account"))
        return render(request, "accounts/recovery_codes.html", {"codes": form.recovery_codes, "is_new": True})
    address = authenticator_address(user.email, secret=form.secret)
    path, size = qr_path(address)
    context = {"form": form, "secret": _in_fours(form.secret), "address": address, "qr_path": path, "qr_size": size}
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    return render(request, "accounts/add_authenticator.html", context, status=status)


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_authenticator(request: HttpRequest) -> HttpResponse:
    """Remove the authenticator app; organizations that ask for it are closed from then on."""
    user = signed_in_user(request)
    if not factors_of(user.pk).authenticator:
        return redirect("accounts:security")
    form = ProofForm(request.POST if request.method == "POST" else None, user=user, has_second_factor=True)
    if form.is_bound and form.is_valid():
        remove_second_factor(user)
        close_all_sessions(person_id=user.pk)
        step_up(request, user, {"password"})
        tell_person(user, _("The authenticator app was removed from your account"))
        messages.success(request, _("The authenticator app is removed. All other sessions are closed."))
        return redirect("accounts:security")
    return _form_page(request, "accounts/remove_authenticator.html", form)


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them on the answer, once; the old ones stop working."""
    user = signed_in_user(request)
    if not factors_of(user.pk).authenticator:
        messages.info(request, _("Set up an authenticator app first; recovery codes come with it."))
        return redirect("accounts:security")
    form = ProofForm(request.POST if request.method == "POST" else None, user=user, has_second_factor=True)
    if form.is_bound and form.is_valid():
        codes = replace_recovery_codes(user)
        step_up(request, user, {"password", form.method})
        tell_person(user, _("New recovery codes were made for your account"))
        return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": False})
    return _form_page(request, "accounts/new_recovery_codes.html", form)


def step_up(request: HttpRequest, user: User, factors: set[str]) -> None:
    """Give the browser a new session token on the factors that were just shown."""
    carried: Any = request
    token = rotate_session(token=token_of(request), person_id=user.pk, factors=factors)
    carried.session_token = carried.issued_token = token


def _form_page(request: HttpRequest, template: str, form: ProofForm) -> HttpResponse:
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    return render(request, template, {"form": form}, status=status)


def _in_fours(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
