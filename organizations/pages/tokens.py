"""API tokens."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from organizations.errors import AttestryError
from organizations.pages.answers import show_form
from organizations.pages.forms import TokenForm
from organizations.permissions import EDITORS, allow
from organizations.selectors import members
from organizations.selectors.tokens import api_tokens
from organizations.services.tokens import new_api_token, revoke_api_token


@allow(EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest, slug: str) -> HttpResponse:
    """List the tokens and make one; a new token is shown on the answer to its form, once."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return show_form(request, "organizations/tokens.html", form, _listed())
    typed = form.cleaned_data
    try:
        made = new_api_token(name=typed["name"], role=typed["role"], days=typed["days"])
    except AttestryError as refusal:
        return show_form(request, "organizations/tokens.html", form, _listed(), refusal=refusal)
    return render(request, "organizations/new_token.html", {"made": made})


@allow(EDITORS)
@require_POST
def revoke(request: HttpRequest, slug: str, token_id: UUID) -> HttpResponse:
    """Revoke a token, at once."""
    revoke_api_token(token_id=token_id)
    messages.success(request, _("The token is revoked. It stopped working at once."))
    return redirect("tokens", slug)


def _listed() -> dict[str, object]:
    names = {person.id: person.name for person in members()}
    return {"tokens": [(token, names.get(token.made_by, "")) for token in api_tokens()]}
