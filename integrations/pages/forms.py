"""Forms of this room. What a value must be is the services' business; they say it in one sentence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.connectors.aws.spec import REGIONS
from integrations.errors import InvalidSettings

_TYPED = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "class": "input"}


class RefusingForm(forms.Form):
    """A form that shows what a service refused."""

    def refuse(self, error: InvalidSettings) -> None:
        """Put the service's sentence at the field that it names."""
        self.add_error(error.field if error.field in self.fields else None, error.user_message)


class ConnectForm(RefusingForm):
    """A role to read with."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("How people here call this account, for example Production."),
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    region = forms.CharField(
        label=_("Region"),
        initial="eu-central-1",
        help_text=_("Where most of your systems run. Buckets of other regions are read too."),
        widget=forms.Select(choices=[(region, region) for region in REGIONS], attrs={"class": "input"}),
    )
    role_arn = forms.CharField(
        label=_("Role ARN"),
        max_length=600,
        help_text=_("From the page of the role that you made in step 2. It begins with arn:aws:iam::"),
        widget=forms.TextInput(attrs=_TYPED),
    )


class KeysForm(RefusingForm):
    """An access key of the stand-in; offered in embedded mode only."""

    access_key_id = forms.CharField(label=_("Access key id"), max_length=128, widget=forms.TextInput(attrs=_TYPED))
    secret_access_key = forms.CharField(
        label=_("Secret access key"),
        max_length=128,
        help_text=_("Encrypted at once, bound to this connection and address, and never shown again."),
        widget=forms.PasswordInput(attrs=_TYPED, render_value=False),
    )


class ConnectWithKeysForm(ConnectForm, KeysForm):
    """The stand-in takes a role or an access key; one of the two is enough."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["name", "region", "role_arn", "access_key_id", "secret_access_key"])
        for field in ("role_arn", "access_key_id", "secret_access_key"):
            self.fields[field].required = False
