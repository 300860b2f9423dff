"""Members and invitations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations import roles, scope
from organizations.errors import AttestryError
from organizations.pages.answers import show_form
from organizations.pages.forms import InviteForm, RoleForm, end_of_day, grantable
from organizations.pages.settings import check_mail_limit, invitation_mail, mail_after_commit
from organizations.permissions import EDITORS, STAFF, allow, may
from organizations.selectors import member, members, organization
from organizations.selectors.invitations import invitations
from organizations.services.handover import handover_of
from organizations.services.invite import INVITATION_LIVES, invite, withdraw_invitation
from organizations.services.members import change_role, remove_member
from organizations.services.wall_clock import wall_clock
from organizations.types import MemberView


@allow(STAFF)
@require_safe
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """List members, past members and invitations."""
    everyone = members()
    context: dict[str, Any] = {
        "active": [person for person in everyone if person.active],
        "past": [person for person in everyone if not person.active],
        "invitations": [one for one in invitations() if one.open] if may(EDITORS) else [],
        "may_edit": may(EDITORS),
        "changeable": _changeable(),
        "me": scope.current().actor_id,
    }
    return render(request, "organizations/members.html", context)


@allow(EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def invite_person(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite a person; the link goes out by mail and is shown nowhere."""
    data = request.POST if request.method == "POST" else None
    form = InviteForm(data, my_role=scope.current().role, initial={"role": roles.ENGINEER})
    if not form.is_bound or not form.is_valid():
        return show_form(request, "organizations/invite.html", form)
    typed, view = form.cleaned_data, organization()
    until = end_of_day(typed["until"], view.zone) if typed["until"] else None
    try:
        check_mail_limit(request)
        made = invite(email=typed["email"], role=typed["role"], until=until)
    except AttestryError as refusal:
        return show_form(request, "organizations/invite.html", form, refusal=refusal)
    expires = timezone.localtime(wall_clock() + INVITATION_LIVES)
    subject, body = invitation_mail(
        {
            "organization": view.name,
            "inviter": member(scope.current().actor_id).name,
            "role": typed["role"],
            "link": made.link,
            "expires": format_date(expires, "D j M, H:i"),
            "zone": view.time_zone,
        }
    )
    sent = _("The invitation was sent to %(email)s.") % {"email": made.email}
    mail_after_commit(request, subject=subject, body=body, to=made.email, sent=sent)
    return redirect("members", slug)


@allow(EDITORS)
@require_POST
def withdraw(request: HttpRequest, slug: str, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation; its link stops working at once."""
    withdraw_invitation(invitation_id=invitation_id)
    messages.success(request, _("The invitation is withdrawn. Its link does not work any more."))
    return redirect("members", slug)


@allow(EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str, member_id: UUID) -> HttpResponse:
    """Change the role of a member, or the last day of an auditor."""
    found = member(member_id)
    if not found.active or found.role not in _changeable():
        return _not_changeable(request, found)
    is_auditor = found.role == roles.AUDITOR
    last_day = timezone.localtime(found.until).date() if found.until else None
    start = {"role": found.role, "was": found.role, "until": last_day}
    data = request.POST if request.method == "POST" else None
    form = RoleForm(data, my_role=scope.current().role, is_auditor=is_auditor, initial=start)
    context = {"found": found, "is_auditor": is_auditor}
    if not form.is_bound or not form.is_valid():
        return show_form(request, "organizations/member.html", form, context)
    typed = form.cleaned_data
    until = end_of_day(typed["until"], organization().zone) if typed["until"] else None
    try:
        change_role(member_id=member_id, role=typed["role"], until=until, was=typed["was"])
    except AttestryError as refusal:
        return show_form(request, "organizations/member.html", form, context, refusal=refusal)
    messages.success(request, _("Saved. It counts from this moment."))
    return redirect("members", slug)


@allow(EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, slug: str, member_id: UUID) -> HttpResponse:
    """Show what a member would leave behind and, on POST, end the access at once."""
    found = member(member_id)
    if not found.active or found.role not in _changeable():
        return _not_changeable(request, found)
    context: dict[str, Any] = {"found": found, "left": handover_of(member_id)}
    if request.method != "POST":
        return render(request, "organizations/remove_member.html", context)
    try:
        left = remove_member(member_id=member_id)
    except AttestryError as refusal:
        return render(
            request, "organizations/remove_member.html", context | {"refusal": refusal}, status=refusal.status
        )
    return render(request, "organizations/removed_member.html", {"found": found, "left": left})


def _changeable() -> frozenset[str]:
    """Roles that the bound person may change or end: the same that this person may give."""
    if not may(EDITORS):
        return frozenset()
    return frozenset(choice[0] for choice in grantable(scope.current().role))


def _not_changeable(request: HttpRequest, found: MemberView) -> HttpResponse:
    status = 403 if found.active else 409
    return render(request, "organizations/member_not_changeable.html", {"found": found}, status=status)
