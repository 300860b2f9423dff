"""Forms of this room. They check shape only; what a change may mean is the services' to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.selectors.standing import Owner


def owner_choices(people: Sequence[Owner], *, empty: bool = True) -> list[tuple[str, Any]]:
    """Choices for a field that takes a member."""
    choices: list[tuple[str, Any]] = [("", _("Choose a person"))] if empty else []
    return choices + [(str(person.id), person.name) for person in people]


class OwnerForm(forms.Form):
    """Who answers for a control."""

    owner = forms.TypedChoiceField(label=_("Owner"), coerce=UUID, empty_value=None)

    def __init__(self, *args: Any, people: Sequence[Owner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = owner_choices(people)  # type: ignore[attr-defined]


class WindowForm(forms.Form):
    """First and last day of the observation window."""

    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Both days belong to the window. A first Type II window is often three months."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        return data


class ChooseForm(forms.Form):
    """Several controls, and a person who answers for them."""

    keys = forms.MultipleChoiceField(error_messages={"required": _("Choose at least one control.")})
    owner = forms.TypedChoiceField(label=_("Owner"), coerce=UUID, empty_value=None, required=False)

    def __init__(
        self, *args: Any, keys: Sequence[str], people: Sequence[Owner], owner_required: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keys"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]
        self.fields["owner"].choices = owner_choices(people)  # type: ignore[attr-defined]
        self.fields["owner"].required = owner_required


class WriteControlForm(forms.Form):
    """A control in the organization's own words."""

    key = forms.RegexField(
        r"^[A-Z][A-Z0-9]{1,9}-[0-9]{1,4}$",
        label=_("Key"),
        max_length=15,
        required=False,
        help_text=_("Such as OWN-01. Left empty, the next free one is taken."),
        error_messages={"invalid": _("Write it like OWN-01.")},
    )
    title = forms.CharField(label=_("Name"), max_length=120)
    statement = forms.CharField(
        label=_("What the organization does"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One or two sentences that an auditor can test. The auditor reads them as they stand."),
    )
    criteria = forms.CharField(
        label=_("Criteria"),
        max_length=200,
        required=False,
        help_text=_("Separated by commas, such as CC6.1, CC6.6."),
    )
    checks = forms.MultipleChoiceField(
        label=_("Parts"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Checks that must all run and pass for the control to operate."),
        error_messages={"required": _("Choose at least one check: a control without a part is never observed.")},
    )
    owner = forms.TypedChoiceField(label=_("Owner"), coerce=UUID, empty_value=None)

    def __init__(
        self,
        *args: Any,
        checks: Sequence[tuple[str, str]],
        criteria: Sequence[str],
        people: Sequence[Owner],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = frozenset(criteria)
        self.fields["checks"].choices = checks  # type: ignore[attr-defined]
        self.fields["owner"].choices = owner_choices(people)  # type: ignore[attr-defined]

    def clean_criteria(self) -> tuple[str, ...]:
        """The ids, each once. Raises for one that the framework does not have."""
        ids = tuple(
            dict.fromkeys(part.strip().upper() for part in self.cleaned_data["criteria"].split(",") if part.strip())
        )
        unknown = [name for name in ids if name not in self.known]
        if unknown:
            raise forms.ValidationError(_("The framework has no %(ids)s."), params={"ids": ", ".join(unknown)})
        return ids
