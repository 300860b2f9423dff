"""One connection: its streams, its pulls, its test, its secret."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations import selectors, services
from integrations.errors import IntegrationError, InvalidSettings, UnknownConnection
from integrations.pages.forms import KeysForm
from integrations.types import ConnectionView
from organizations.permissions import CONTRIBUTORS, EDITORS, STAFF, allow, may

_PULLS_ON_A_PAGE = 12


@require_safe
@allow(STAFF)
def connection(request: HttpRequest, slug: str, connection_id: UUID) -> HttpResponse:
    """Streams, pulls and the newest test."""
    found = _found(connection_id)
    before = _uuid_or_none(request.GET.get("before", ""))
    pulls = selectors.pulls(connection_id, before=before, limit=_PULLS_ON_A_PAGE + 1)
    probe = selectors.probe(connection_id)
    context = {
        "connection": found,
        "probe": probe,
        "busy": probe.running or any(s.running or s.waiting for s in found.streams),
        "pulls": pulls[:_PULLS_ON_A_PAGE],
        "older": pulls[_PULLS_ON_A_PAGE - 1].id if len(pulls) > _PULLS_ON_A_PAGE else None,
        "newer": before is not None,
        "may_edit": may(EDITORS) and found.condition != "disconnected",
        "may_pull": may(CONTRIBUTORS) and found.condition != "disconnected",
        "takes_keys": bool(settings.AWS_ENDPOINT) and not found.role_arn,
    }
    return render(request, "integrations/connection.html", context)


@require_POST
@allow(EDITORS)
def test(request: HttpRequest, slug: str, connection_id: UUID) -> HttpResponse:
    """Ask the worker what the credential can do; the page shows the result when it is there."""
    return _act(request, slug, connection_id, lambda: services.ask_for_probe(connection_id), _("The test is running."))


@require_POST
@allow(CONTRIBUTORS)
def pull_now(request: HttpRequest, slug: str, connection_id: UUID) -> HttpResponse:
    """Read one stream, or every stream, now."""
    stream = request.POST.get("stream", "")
    return _act(
        request,
        slug,
        connection_id,
        lambda: services.pull_now(connection_id, stream),
        _("The pull starts within two seconds."),
    )


@require_POST
@allow(EDITORS)
def clear_quarantine(request: HttpRequest, slug: str, connection_id: UUID) -> HttpResponse:
    """The cause is gone: start the stream again."""
    stream = request.POST.get("stream", "")
    return _act(
        request,
        slug,
        connection_id,
        lambda: services.clear_quarantine(connection_id, stream),
        _("Cleared. The stream is read now."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(EDITORS)
def rotate_secret(request: HttpRequest, slug: str, connection_id: UUID) -> HttpResponse:
    """A new access key instead of the old one."""
    found = _found(connection_id)
    form = KeysForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.rotate_secret(connection_id, **form.cleaned_data)
        except InvalidSettings as error:
            form.refuse(error)
        else:
            messages.success(request, _("The new key is in place. A test is running."))
            return _back(slug, connection_id)
    context = {"connection": found, "form": form}
    return render(request, "integrations/rotate_secret.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(EDITORS)
def disconnect(request: HttpRequest, slug: str, connection_id: UUID) -> HttpResponse:
    """End the connection, after a page that says what ends with it."""
    found = _found(connection_id)
    if request.method == "POST":
        services.disconnect(connection_id)
        messages.success(request, _("Disconnected. Its records stay; nothing more is read."))
        return HttpResponseRedirect(reverse("connections", args=[slug]))
    return render(request, "integrations/disconnect.html", {"connection": found})


def _act(request: HttpRequest, slug: str, connection_id: UUID, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except UnknownConnection:
        raise Http404 from None
    except IntegrationError as error:
        messages.error(request, error.user_message)
    else:
        messages.success(request, done)
    return _back(slug, connection_id)


def _back(slug: str, connection_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("connection", args=[slug, connection_id]))


def _found(connection_id: UUID) -> ConnectionView:
    try:
        return selectors.connection(connection_id)
    except UnknownConnection:
        raise Http404 from None


def _uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
