"""Answering a form: refused forms come back as 4xx with the input kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from organizations.errors import AttestryError


def show_form(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    context: dict[str, Any] | None = None,
    *,
    refusal: AttestryError | None = None,
) -> HttpResponse:
    """Render a form page; 200 for a fresh form, 400 for a refused one, else the refusal's own status."""
    if refusal is not None:
        form.add_error(None, refusal.user_message)
    status = refusal.status if refusal is not None else (400 if form.is_bound else 200)
    return render(request, template, {"form": form} | (context or {}), status=status)
