"""List of connections, and connecting a new one."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from integrations import selectors, services
from integrations.connectors.aws import spec
from integrations.errors import InvalidSettings
from integrations.pages.forms import ConnectForm, ConnectWithKeysForm
from organizations.permissions import EDITORS, STAFF, allow, may


@require_safe
@allow(STAFF)
def connections(request: HttpRequest, slug: str) -> HttpResponse:
    """Every connection with the worst of its streams."""
    context = {"connections": selectors.connections(), "may_edit": may(EDITORS)}
    return render(request, "integrations/connections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(EDITORS)
def connect(request: HttpRequest, slug: str) -> HttpResponse:
    """Connect an AWS account in three steps; a test starts at once."""
    takes_keys = bool(settings.AWS_ENDPOINT)
    form_class = ConnectWithKeysForm if takes_keys else ConnectForm
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            connection_id = services.connect_aws(**form.cleaned_data)
        except InvalidSettings as error:
            form.refuse(error)
        else:
            messages.success(request, _("Connected. A test of the permissions is running."))
            return HttpResponseRedirect(reverse("connection", args=[slug, connection_id]))
    context = {"form": form, "takes_keys": takes_keys, **_paste()}
    return render(request, "integrations/connect.html", context, status=422 if form.errors else 200)


def _paste() -> dict[str, Any]:
    external_id = services.external_id()
    principal = settings.AWS_PRINCIPAL or _("ARN of the AWS principal that this installation runs as")
    return {
        "external_id": external_id,
        "principal_known": bool(settings.AWS_PRINCIPAL),
        "policy": json.dumps(spec.policy_document(), indent=2),
        "trust": json.dumps(
            spec.trust_document(principal=principal, external_id=external_id), indent=2, ensure_ascii=False
        ),
        "needs": spec.needs(),
    }
