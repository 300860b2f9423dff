"""Founding an organization and accepting an invitation: account pages that make a membership."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import selectors as accounts
from accounts import services as account_services
from organizations import roles
from organizations.errors import AttestryError
from organizations.pages.answers import show_form
from organizations.pages.forms import OrganizationForm
from organizations.services.found import found_organization
from organizations.services.invitation_link import InvitationLink, open_link
from organizations.services.invite import accept


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Create an organization and go on to its set-up. Owners need a second factor, so it comes first."""
    token = _token(request)
    if settings.PROCESS == "auditor":
        return redirect("accounts:home")
    if not accounts.is_strong(token):
        messages.warning(request, _("Owners need a second factor. Set one up, then create the organization."))
        return redirect("accounts:add-authenticator" if not _has_app(token) else "accounts:security")
    form = OrganizationForm(request.POST if request.method == "POST" else None, initial={"time_zone": _zone_of(token)})
    if not form.is_bound or not form.is_valid():
        return show_form(request, "organizations/found.html", form)
    typed = form.cleaned_data
    try:
        made = found_organization(token=token, name=typed["name"], slug=typed["slug"], time_zone=typed["time_zone"])
    except AttestryError as refusal:
        return show_form(request, "organizations/found.html", form, refusal=refusal)
    return redirect("setup", made.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, part: str) -> HttpResponse:
    """Show what an invitation offers and, on POST, accept it. Opening the link consumes nothing."""
    link = open_link(part)
    offer = account_services.invitation_offer(secret=link.secret) if link is not None else None
    if link is None or offer is None or not offer.usable:
        return render(request, "organizations/invitation_gone.html", status=410)
    context = {"offer": offer, "email": link.email, "next": request.path}
    person = accounts.person_of(_token(request))
    if person is None:
        return _before_signing_in(request, link, context)
    if person.email != link.email:
        return render(request, "organizations/invitation_wrong_person.html", context | {"me": person}, status=403)
    if not _is_the_right_process(offer.role):
        return render(request, "organizations/invitation_other_address.html", context, status=409)
    if request.method != "POST":
        return render(request, "organizations/invitation.html", context)
    return _accepted(request, link, context)


def _accepted(request: HttpRequest, link: InvitationLink, context: dict[str, Any]) -> HttpResponse:
    token = _token(request)
    assert token is not None  # a person was found by it
    try:
        slug = accept(token=token, secret=link.secret)
    except AttestryError as refusal:
        return render(request, "organizations/invitation.html", context | {"refusal": refusal}, status=refusal.status)
    messages.success(request, _("You are a member of %(name)s.") % {"name": context["offer"].organization})
    return redirect("dashboard", slug)


def _before_signing_in(request: HttpRequest, link: InvitationLink, context: dict[str, Any]) -> HttpResponse:
    # The link came by mail to this address, so whoever holds it has shown that the address is theirs.
    get_adapter().stash_verified_email(request, link.email)
    has_account = accounts.find_person(link.email) is not None
    query = f"?next={request.path}"
    context |= {
        "has_account": has_account,
        "sign_in_url": reverse("accounts:sign-in") + query,
        "sign_up_url": reverse("account_signup") + query,
    }
    return render(request, "organizations/invitation_sign_in.html", context)


def _is_the_right_process(role: str) -> bool:
    if not settings.AUDITOR_URL and settings.PROCESS != "auditor":
        return True
    return (role == roles.AUDITOR) == (settings.PROCESS == "auditor")


def _zone_of(token: bytes) -> str:
    person = accounts.person_of(token)
    return (person.time_zone if person is not None else "") or "UTC"


def _has_app(token: bytes | None) -> bool:
    person = accounts.person_of(token)
    return person is not None and accounts.factors_of(person.id).authenticator


def _token(request: HttpRequest) -> Any:
    carried: Any = request
    return carried.session_token
