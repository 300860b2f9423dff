"""Name, theme and time zone. The theme alone may be switched without signing in."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import AccountError
from accounts.forms import PreferencesForm
from accounts.middleware import set_theme_cookie
from accounts.models import User
from accounts.pages.home import signed_in_user
from accounts.services import rename_person, set_preferences


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and store the preferences. A POST with `theme` and `next` alone is the theme switch."""
    if request.method == "POST" and "name" not in request.POST:
        return _switch_theme(request)
    if not request.user.is_authenticated:
        return redirect(f"{reverse('accounts:sign-in')}?next={request.path}")
    user = signed_in_user(request)
    start = {"name": user.name, "theme": user.theme, "time_zone": user.time_zone}
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        rename_person(user, name=typed["name"])
        set_preferences(user, theme=typed["theme"], time_zone=typed["time_zone"])
        messages.success(request, _("Saved."))
        response = redirect("accounts:preferences")
        set_theme_cookie(response, typed["theme"])
        return response
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    return render(request, "accounts/preferences.html", {"form": form}, status=status)


def _switch_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("accounts:preferences")
    response = HttpResponseRedirect(back)
    if theme not in User.Theme.values:
        return render(request, "accounts/bad_theme.html", status=HTTPStatus.BAD_REQUEST)
    if request.user.is_authenticated:
        try:
            set_preferences(signed_in_user(request), theme=theme)
        except AccountError as error:
            messages.error(request, error.message)
    set_theme_cookie(response, theme)
    return response
