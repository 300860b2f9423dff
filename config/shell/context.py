"""What the shell around every page needs: navigation, person, theme, banners.

It asks the database for nothing. Who is signed in and the theme come from ``accounts.context``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PRODUCT = "Attestry"
DAYS_BEFORE_END = 14  # the auditor's banner turns to risk colours (ux.md 5.4)

ROLE_NAMES = {
    "owner": _("Owner"),
    "security_owner": _("Security owner"),
    "engineer": _("Engineer"),
    "viewer": _("Viewer"),
    "auditor": _("Auditor"),
}

# Name of the link, icon, URL name, URL names of the pages below it, roles that may open it.
EVERYONE = frozenset(ROLE_NAMES)
STAFF = EVERYONE - {"auditor"}
PAGES = (
    (_("Dashboard"), "i-home", "dashboard", ("setup",), EVERYONE),
    (
        _("Controls"),
        "i-ctl",
        "controls",
        ("control", "adopt-controls", "write-control", "owners", "change-owner"),
        EVERYONE,
    ),
    (_("Framework"), "i-frame", "framework", (), EVERYONE),
    (_("Evidence"), "i-ev", "records", ("record", "record-raw"), EVERYONE),
    (_("Connections"), "i-conn", "connections", ("connection", "connect", "connection-test"), STAFF),
    (_("Activity"), "i-log", "activity", (), STAFF),
    (_("Settings"), "i-set", "settings", ("members", "tokens", "window"), STAFF),
)


@dataclass(frozen=True, kw_only=True)
class NavigationItem:
    """One link of the side navigation."""

    name: str
    icon: str
    url: str
    current: bool


def url_or_none(name: str, *args: object) -> str | None:
    """The address of a page, or None where the page does not exist in this installation."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None


def navigation(slug: str, role: str, current: str | None) -> tuple[NavigationItem, ...]:
    """Links that exist and that this role may open, in their fixed order."""
    items = []
    for name, icon, url_name, below, roles in PAGES:
        url = url_or_none(url_name, slug)
        if url is None or role not in roles:
            continue
        is_current = current is not None and current in (url_name, *below)
        items.append(NavigationItem(name=str(name), icon=icon, url=url, current=is_current))
    return tuple(items)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: variables of ``base.html``, ``shell.html`` and ``plain.html``."""
    context: dict[str, Any] = {
        "product": PRODUCT,
        "security_url": url_or_none("accounts:security"),
        "sign_out_url": url_or_none("accounts:sign-out"),
        "switch_url": url_or_none("accounts:home") or "/",
    }
    scope = getattr(request, "scope", None)
    organization = getattr(request, "organization", None)
    if scope is None or organization is None:
        return context
    match = request.resolver_match
    context |= {
        "organization": organization,
        "role": scope.role,
        "role_name": ROLE_NAMES.get(scope.role, scope.role),
        "navigation": navigation(organization.slug, scope.role, match.url_name if match else None),
        "home_url": url_or_none("dashboard", organization.slug) or "/",
        **_access_end(getattr(request, "access_ends", None)),
    }
    return context


def _access_end(ends: datetime | None) -> dict[str, Any]:
    if ends is None:
        return {"access_ends": None, "access_days": None, "access_ends_soon": False}
    # A person's access ends by the wall clock, also in a company whose own clock is simulated.
    days = max(0, (ends - timezone.now()).days)
    return {"access_ends": ends, "access_days": days, "access_ends_soon": days <= DAYS_BEFORE_END}
