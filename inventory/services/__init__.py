"""What this room writes."""

from inventory.services.record_pull import record_pull
from inventory.services.retire_source import retire_source

__all__ = ["record_pull", "retire_source"]
