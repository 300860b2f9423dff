"""What this room writes."""

from inventory.services.rebuild import rebuild_current_facts
from inventory.services.record_pull import record_pull
from inventory.services.retire_source import retire_source

__all__ = ["rebuild_current_facts", "record_pull", "retire_source"]
