"""Words for roles and factors on account pages."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

ROLES = {
    "owner": _("Owner"),
    "security_owner": _("Security owner"),
    "engineer": _("Engineer"),
    "viewer": _("Viewer"),
    "auditor": _("Auditor"),
    "api_read": _("Read"),
    "api_write": _("Read and write"),
    "worker": _("Worker"),
}
FACTORS = {
    "password": _("Password"),
    "totp": _("Authenticator app"),
    "recovery": _("Recovery code"),
    "sso": _("Single sign-on"),
    "webauthn": _("Passkey"),
}


@register.filter
def role_name(role: str) -> str:
    """Return the word for a role; an unknown role is shown as it is stored."""
    return str(ROLES.get(role, role))


@register.filter
def factor_name(factor: str) -> str:
    """Return the word for a factor; an unknown factor is shown as it is stored."""
    return str(FACTORS.get(factor, factor))
