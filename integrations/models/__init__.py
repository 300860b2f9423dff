"""Private to this room. Others use its services and selectors."""

from integrations.models.connection import Connection, ConnectionSecret
from integrations.models.due import Due
from integrations.models.pull import Probe, Pull

__all__ = ["Connection", "ConnectionSecret", "Due", "Probe", "Pull"]
