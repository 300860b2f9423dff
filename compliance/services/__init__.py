"""What this room writes."""

from compliance.services.controls import adopt_controls, assign_owner, change_control, write_control
from compliance.services.judge import judge, rejudge
from compliance.services.occurrences import perform_occurrence, plan_occurrences
from compliance.services.registers import open_register, record_approval
from compliance.services.types import Judged
from compliance.services.windows import set_window

__all__ = [
    "Judged",
    "adopt_controls",
    "assign_owner",
    "change_control",
    "judge",
    "open_register",
    "perform_occurrence",
    "plan_occurrences",
    "record_approval",
    "rejudge",
    "set_window",
    "write_control",
]
