"""Sets the window, adopts and writes controls, gives each an owner. What is there already stays as it is."""

from __future__ import annotations

from datetime import date, timedelta

from compliance.selectors import adopted_controls, current_window
from compliance.services import adopt_controls, assign_owner, open_register, set_window, write_control
from config.sandbox.founding import Company
from dev.sandbox.company.calendar import WINDOW_DAYS
from dev.sandbox.company.program import ADOPTED, WRITTEN, owner_of
from organizations.selectors import members


def set_up_program(company: Company, *, began_on: date) -> None:
    """Bring window, controls and owners to what the company has decided; safe to run again."""
    with company.bound("alice"):
        if current_window() is None:
            set_window(starts_on=began_on, ends_on=began_on + timedelta(days=WINDOW_DAYS - 1))
        open_register(register="approvals")
        present = {control.key for control in adopted_controls()}
        adopt_controls(keys=tuple(key for key in ADOPTED if key not in present))
        for written in WRITTEN:
            if written.key not in present:
                write_control(
                    key=written.key, title=written.title, statement=written.statement, criteria=written.criteria,
                    checks=written.checks, duty=(written.duty,), frequency="continuous",
                )  # fmt: skip
        people = {member.email.split(".", 1)[0]: member.id for member in members()}
        for control in adopted_controls():
            if control.owner_id is None:
                assign_owner(control_key=control.key, member_id=people[owner_of(control.key)])
