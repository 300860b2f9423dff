"""Private to this room. Others use its services and selectors."""

from compliance.models.control import Control, ControlOwner, ControlVersion
from compliance.models.judging import CheckInForce, CheckParameters, CurrentOutcome, Event, Flip
from compliance.models.occurrence import Occurrence, Performance
from compliance.models.register import Approval, Register
from compliance.models.window import ObservationWindow

__all__ = [
    "Approval",
    "CheckInForce",
    "CheckParameters",
    "Control",
    "ControlOwner",
    "ControlVersion",
    "CurrentOutcome",
    "Event",
    "Flip",
    "ObservationWindow",
    "Occurrence",
    "Performance",
    "Register",
]
