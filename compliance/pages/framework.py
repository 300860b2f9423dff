"""The framework: /o/<slug>/framework/."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.pages.addresses import addresses
from compliance.selectors.framework import framework as read_framework
from organizations import clock
from organizations.permissions import READERS, allow


@require_safe
@allow(READERS)
def framework(request: HttpRequest, slug: str) -> HttpResponse:
    """Every criterion with its controls and their states; ``q`` narrows by words in any of them."""
    page = read_framework(as_of=clock.now(), text=request.GET.get("q", "").strip()[:80])
    context = addresses(slug) | {"page": page}
    with timezone.override(request.organization.zone):  # type: ignore[attr-defined]
        return render(request, "compliance/framework.html", context)
