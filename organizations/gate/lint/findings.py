"""One finding, and the list of all rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

# Runs one query and gives its rows.
Ask = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is not as reviewed: the rule, what it is about, and one sentence."""

    rule: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject}: {self.text}"


def difference(rule: str, subject: str, found: Iterable[object], expected: Iterable[object]) -> list[Finding]:
    """A finding for each thing that is there and not expected, and each that is expected and not there."""
    there, wanted = set(found), set(expected)
    return [
        Finding(rule, subject, f"has {thing}, which nobody reviewed") for thing in sorted(map(str, there - wanted))
    ] + [Finding(rule, subject, f"lacks {thing}") for thing in sorted(map(str, wanted - there))]


def findings(ask: Ask) -> list[Finding]:
    """Every finding of every rule, sorted. An empty list is the only good answer."""
    from organizations.gate.lint import functions, grants, policies, server, tables

    rules = (tables.check, policies.check, grants.check, functions.check, server.check)
    return sorted({finding for rule in rules for finding in rule(ask)})
