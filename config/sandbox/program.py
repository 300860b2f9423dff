"""Sets the window, adopts and writes controls, gives each an owner. What is there already stays as it is."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

from compliance.errors import KeyTaken
from compliance.selectors.windows import current_window
from compliance.services import adopt_controls, open_register, set_window, write_control
from config.sandbox.founding import Company
from dev.sandbox.company.calendar import WINDOW_DAYS
from dev.sandbox.company.program import ADOPTED, WRITTEN, owner_of
from organizations.selectors import members


def set_up_program(company: Company, *, began_on: date) -> None:
    """Bring window, controls and owners to what the company has decided; safe to run again."""
    with company.bound("alice"):
        if current_window() is None:
            set_window(starts_on=began_on, ends_on=began_on + timedelta(days=WINDOW_DAYS - 1))
        open_register(register="approvals")  # open and empty: a root use without an approval is then a fact, not a gap
        people = {member.email.split(".", 1)[0]: member.id for member in members()}
        for owner in sorted({owner_of(control) for control in ADOPTED}):
            adopt_controls(keys=[c for c in ADOPTED if owner_of(c) == owner], owner_id=people[owner])
    for written in WRITTEN:
        # an error inside a transaction would end it: one transaction for each
        with suppress(KeyTaken), company.bound("alice"):
            write_control(
                key=written.key, title=written.title, statement=written.statement, criteria=written.criteria,
                checks=written.checks, frequency=written.frequency,
                manual=(written.manual,) if written.manual else (),
                owner_id=people[written.owner],
            )  # fmt: skip
