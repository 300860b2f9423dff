"""What this room hands out: frozen dataclasses, constant query counts."""

from inventory.selectors.coverage import coverage, coverage_ticks, last_complete, latest_coverage
from inventory.selectors.facts import current_facts, fact, fact_line, facts, facts_at, versions_since

__all__ = [
    "coverage",
    "coverage_ticks",
    "current_facts",
    "fact",
    "fact_line",
    "facts",
    "facts_at",
    "last_complete",
    "latest_coverage",
    "versions_since",
]
