"""The mail page of the embedded mode."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.mail import mail_page_is_open
from accounts.models import StoredMail

PER_PAGE = 20


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """Show the mail of this installation, newest first. Not found outside embedded and test mode.

    Open without signing in: resetting a password needs it, and an embedded
    installation is one person's own machine.
    """
    if not mail_page_is_open():
        raise Http404
    wanted = request.GET.get("to", "").strip().lower()[:254]
    found = StoredMail.objects.all()
    if wanted:
        found = found.filter(to=wanted)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/mail.html", {"page": page, "wanted": wanted})
