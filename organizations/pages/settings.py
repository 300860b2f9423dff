"""Settings of the organization, the mail test and the set-up page."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings as installation
from django.contrib import messages
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services import attempt_is_allowed
from organizations import scope
from organizations.errors import AttestryError
from organizations.pages.answers import show_form
from organizations.pages.forms import SettingsForm
from organizations.permissions import EDITORS, OWNERS, STAFF, allow, may
from organizations.selectors import member, organization
from organizations.services.record_activity import record_activity
from organizations.services.refusals import TooMany
from organizations.services.settings import rename_organization, set_time_zone
from organizations.setup import step_states

logger = logging.getLogger(__name__)


@allow(STAFF)
@require_safe
def setup(request: HttpRequest, slug: str) -> HttpResponse:
    """List the steps to the first dashboard, each with its state and where to do it."""
    states = step_states()
    context = {"states": states, "all_done": all(state.done for state in states), "may_edit": may(EDITORS)}
    return render(request, "organizations/setup.html", context)


@allow(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Show name, address and time zone; editors change the zone, owners the name too."""
    view = organization()
    may_edit = may(EDITORS)
    data = request.POST if request.method == "POST" and may_edit else None
    form = SettingsForm(data, initial={"name": view.name, "time_zone": view.time_zone}, may_rename=may(OWNERS))
    context = {"may_edit": may_edit, "may_test_mail": may_edit}
    if request.method == "POST" and not may_edit:
        return render(request, "403.html", status=403)
    if not form.is_bound or not form.is_valid():
        return show_form(request, "organizations/settings.html", form, context)
    try:
        rename_organization(name=form.cleaned_data["name"])
        set_time_zone(time_zone=form.cleaned_data["time_zone"])
    except AttestryError as refusal:
        return show_form(request, "organizations/settings.html", form, context, refusal=refusal)
    messages.success(request, _("Saved."))
    return redirect("settings", slug)


@allow(EDITORS)
@require_POST
def test_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """Mail a test message to the member who asks and say what the mail server answered."""
    check_mail_limit(request)
    me = member(scope.current().actor_id)
    body = render_to_string("emails/mail_test.txt", {"name": me.name, "organization": organization().name})
    record_activity("mail.tested", subject=f"member:{me.id}")
    mail_after_commit(request, subject=_("Mail test"), body=body, to=me.email, sent=_("The test mail was sent to you."))
    return redirect("settings", slug)


def check_mail_limit(request: HttpRequest) -> None:
    """Count one mail of the bound organization. Raises `TooMany` after 60 in an hour, and while nothing can be counted."""
    if not attempt_is_allowed(request, action="organization_mail", key=str(scope.current().organization_id)):
        raise TooMany(_("This organization sent too many mails."), what_to_do=_("Try again in an hour."))


def mail_after_commit(request: HttpRequest, *, subject: str, body: str, to: str, sent: str) -> None:
    """Send one mail when the scope's transaction has committed and leave a message with the result.

    Rendered inside the scope, sent outside of it: no network inside a
    transaction (architecture 2.7). A mail server that refuses undoes nothing.
    """

    def send() -> None:
        try:
            # A name may hold a line break where it was not typed in a form; a header may not.
            send_mail(" ".join(subject.split()), body, installation.DEFAULT_FROM_EMAIL, [to])
        except (SMTPException, OSError) as error:
            logger.warning("mail could not be sent: %s", type(error).__name__)
            messages.error(
                request, _("The mail could not be sent: the mail server did not take it. Check ATTESTRY_MAIL.")
            )
        else:
            messages.success(request, sent)

    transaction.on_commit(send, using=scope.ALIAS)


def invitation_mail(context: dict[str, Any]) -> tuple[str, str]:
    """Return subject and body of an invitation's mail."""
    subject = _("Join %(name)s by %(day)s") % {"name": context["organization"], "day": context["expires"]}
    return subject, render_to_string("emails/invitation.txt", context)
