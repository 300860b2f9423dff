"""Private to this room. Others use its services and selectors."""

from inventory.models.coverage import Coverage
from inventory.models.fact import CurrentFact, FactVersion

__all__ = ["Coverage", "CurrentFact", "FactVersion"]
