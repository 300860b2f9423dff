"""Forms of the sign-in and account pages."""

from __future__ import annotations

import zoneinfo
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm, SignupForm
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.errors import WrongCode
from accounts.models import User
from accounts.services.second_factor import finish_set_up, secret_of_set_up, start_set_up, use_code

_STORED_AS = {"totp": Authenticator.Type.TOTP, "recovery": Authenticator.Type.RECOVERY_CODES}


class PlainFields:
    """Our look for every field: the class of the style sheet, a label above, no placeholder."""

    fields: dict[str, forms.Field]

    def dress(self, labels: dict[str, Any] | None = None) -> None:
        """Give each widget its class and each named field its label."""
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if not isinstance(field.widget, (forms.CheckboxInput, forms.RadioSelect, forms.HiddenInput)):
                field.widget.attrs["class"] = "input"
            if labels and name in labels:
                field.label = labels[name]


class SignInForm(PlainFields, LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress({"login": _("E-mail address"), "password": _("Password")})
        self.fields["password"].help_text = ""
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignUpForm(PlainFields, SignupForm):
    """Name, address and password of a person who opened an invitation."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["name", "email", "password1", "password2"])
        self.dress({"email": _("E-mail address"), "password1": _("Password"), "password2": _("Password again")})
        invited = self._invited_address()
        if invited:
            self.fields["email"].disabled = True
            self.fields["email"].initial = invited
            self.initial["email"] = invited

    def _invited_address(self) -> str:
        return str(context.request.session.get("account_verified_email") or "") if context.request else ""


class ResetForm(PlainFields, ResetPasswordForm):
    """Address to which the link for a new password is mailed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress({"email": _("E-mail address")})


class NewPasswordForm(PlainFields, ResetPasswordKeyForm):
    """New password after the mailed link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress({"password1": _("New password"), "password2": _("New password again")})


class SecondFactorForm(PlainFields, AuthenticateForm):
    """The code of the authenticator app, or a recovery code, after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress({"code": _("Code")})
        self.fields["code"].widget.attrs.update({"inputmode": "text", "autofocus": True, "maxlength": "40"})

    def clean_code(self) -> str:
        """Accept each code once; five wrong ones in five minutes close the door."""
        forget = limit_codes(self.user)
        try:
            method = use_code(self.user, self.cleaned_data["code"])
        except WrongCode as error:
            raise ValidationError(f"{error.message} {error.what_to_do}", code="incorrect_code") from error
        forget()
        self.authenticator = Authenticator.objects.get(user=self.user, type=_STORED_AS[method])
        return str(self.cleaned_data["code"])


def limit_codes(user: User) -> Any:
    """Count one attempt at a code of this person and return what forgets the count.

    Raises `ValidationError` when there were too many. Counted per account over
    all its sessions and places.
    """
    key = f"second-factor-{user.pk}"
    request = context.request
    if not ratelimit.consume(request, action="second_factor", key=key):
        raise get_adapter().validation_error("too_many_login_attempts")
    return lambda: ratelimit.clear(request, action="second_factor", key=key)


class ProofForm(PlainFields, forms.Form):
    """Shows that the person at the keyboard is the person of the session.

    Asks for the current password and, where a second factor exists, for a code:
    every change of a factor is a step-up of its own (security.md 5).
    """

    password = forms.CharField(
        label=_("Your password now"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code of your app now, or a recovery code"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, user: User, has_second_factor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.method = ""
        if not has_second_factor:
            del self.fields["code"]
        self.dress()

    def clean(self) -> dict[str, Any]:
        """Check the password, then the code; both attempts are counted."""
        data = super().clean() or {}
        if self.errors:
            return data
        forget = limit_codes(self.user)
        if not self.user.check_password(data["password"]):
            self.add_error("password", _("The password is not right."))
            return data
        if "code" in self.fields:
            try:
                self.method = use_code(self.user, data["code"])
            except WrongCode as error:
                self.add_error("code", f"{error.message} {error.what_to_do}")
                return data
        forget()
        return data


class ChangePasswordForm(ProofForm):
    """A new password, with proof of the old one."""

    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=1000,
        help_text=_("At least 12 characters."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    new_password_again = forms.CharField(
        label=_("New password again"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean_new_password(self) -> str:
        """Apply the password rules of the installation."""
        return str(get_adapter().clean_password(self.cleaned_data["new_password"], user=self.user))

    def clean(self) -> dict[str, Any]:
        """Compare both entries before the proof, so that a typing error costs no attempt."""
        typed = self.cleaned_data
        if typed.get("new_password") and typed.get("new_password") != typed.get("new_password_again"):
            self.add_error("new_password_again", _("This is not the same as the new password."))
            return typed
        return super().clean()


class AddAuthenticatorForm(PlainFields, forms.Form):
    """First code of a new authenticator app, with proof of the password."""

    setup = forms.CharField(widget=forms.HiddenInput(), max_length=1000)
    password = forms.CharField(
        label=_("Your password now"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code that the app shows"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, data: QueryDict | None, *, user: User) -> None:
        self.user, self.recovery_codes, self.ran_out = user, (), ""
        if data is None:
            self.secret, sealed = start_set_up(user)
            super().__init__(initial={"setup": sealed})
        else:
            super().__init__(self._with_open_set_up(data))
        self.dress()

    recovery_codes: tuple[str, ...]

    def _with_open_set_up(self, data: QueryDict) -> QueryDict:
        try:
            self.secret = secret_of_set_up(self.user, sealed=data.get("setup") or "")
        except WrongCode as error:
            self.ran_out = f"{error.message} {error.what_to_do}"
            data = data.copy()
            self.secret, data["setup"] = start_set_up(self.user)
        return data

    def clean(self) -> dict[str, Any]:
        """Check password and code; a right code stores the app and makes `recovery_codes`."""
        data = super().clean() or {}
        if self.ran_out:
            raise ValidationError(self.ran_out)
        if self.errors:
            return data
        forget = limit_codes(self.user)
        if not self.user.check_password(data["password"]):
            self.add_error("password", _("The password is not right."))
            return data
        try:
            self.recovery_codes = finish_set_up(self.user, secret=self.secret, code=data["code"])
        except WrongCode as error:
            self.add_error("code", f"{error.message} {error.what_to_do}")
            return data
        forget()
        return data


def time_zone_choices(empty: Any = None) -> list[tuple[str, Any]]:
    """Return the IANA time zones of the machine by name, with an optional first empty choice."""
    zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    listed = [(zone, zone.replace("_", " ")) for zone in ["UTC", *zones]]
    return [("", empty), *listed] if empty is not None else list(listed)


class PreferencesForm(PlainFields, forms.Form):
    """Name, theme and time zone of a person."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    theme = forms.ChoiceField(label=_("Theme"), choices=User.Theme.choices)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("For your account pages; organizations keep their own.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = time_zone_choices(_("As the organization"))
        self.dress()
