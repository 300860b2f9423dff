"""Forms of the organization pages."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainFields, time_zone_choices
from organizations import roles

ROLE_CHOICES = (
    (roles.OWNER, _("Owner: everything, people and settings included")),
    (roles.SECURITY_OWNER, _("Security owner: controls, connections, engineers and auditors")),
    (roles.ENGINEER, _("Engineer: works on what is assigned")),
    (roles.VIEWER, _("Viewer: reads")),
    (roles.AUDITOR, _("Auditor: reads at the auditor's address, until a day")),
)
TOKEN_CHOICES = ((roles.API_READ, _("Read")), (roles.API_WRITE, _("Read and write")))


# Years that a calendar of an office can mean; the ends of time overflow as soon as a day is added to them.
ANY_DAY = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 12, 31)))


def grantable(role: str) -> list[tuple[str, Any]]:
    """Return the roles that this role may give; the database has the last word."""
    if role == roles.OWNER:
        return list(ROLE_CHOICES)
    return [choice for choice in ROLE_CHOICES if choice[0] in {roles.ENGINEER, roles.VIEWER, roles.AUDITOR}]


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the end of a day in a zone: midnight at which the next one begins."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


class OrganizationForm(PlainFields, forms.Form):
    """A new organization."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput({"autocomplete": "organization"}))
    slug = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=40,
        help_text=_("Small letters, digits and hyphens; made from the name when empty. It stays."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Days and weeks of the observation window are counted in it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_zones(self.fields["time_zone"])
        self.dress()


class SettingsForm(PlainFields, forms.Form):
    """Name and time zone of the organization."""

    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Days and weeks of the observation window are counted in it.")
    )

    def __init__(self, *args: Any, may_rename: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_zones(self.fields["time_zone"])
        self.fields["name"].disabled = not may_rename
        if not may_rename:
            self.fields["name"].help_text = _("Only an owner changes the name.")
        self.dress()


class InviteForm(PlainFields, forms.Form):
    """An invitation."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"))
    until = forms.DateField(
        label=_("Last day of access"),
        required=False,
        validators=ANY_DAY,
        help_text=_("An auditor needs one."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, my_role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["role"], grantable(my_role))
        self.dress()


class RoleForm(PlainFields, forms.Form):
    """Another role for a member, or another end for an auditor."""

    role = forms.ChoiceField(label=_("Role"))
    until = forms.DateField(
        label=_("Last day of access"),
        required=False,
        validators=ANY_DAY,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    was = forms.CharField(widget=forms.HiddenInput(), max_length=20)

    def __init__(self, *args: Any, my_role: str, is_auditor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = [choice for choice in grantable(my_role) if (choice[0] == roles.AUDITOR) == is_auditor]
        _offer(self.fields["role"], kept)
        self.dress()


class TokenForm(PlainFields, forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("What is it for?"), max_length=80)
    role = forms.ChoiceField(label=_("It may"), choices=TOKEN_CHOICES)
    days = forms.IntegerField(label=_("Days until it ends"), min_value=1, max_value=365, initial=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


def _offer_zones(field: forms.Field) -> None:
    _offer(field, time_zone_choices())


def _offer(field: forms.Field, choices: list[tuple[str, Any]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
