from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong (or, as a note, odd but allowed), and exactly where."""

    kind: str
    where: str
    detail: str
    severity: Literal["wrong", "note"] = "wrong"

    def __str__(self) -> str:
        return f"{self.kind} at {self.where}: {self.detail}"


@dataclass
class Report:
    """What one organization's inspection found and how much it covered."""

    slug: str
    leaves: int = 0
    records: int = 0
    opened: int = 0
    shredded: int = 0
    checkpoints: int = 0
    signed_size: int = 0
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, kind: str, where: str, detail: str) -> None:
        """Add a finding that makes the inspection fail."""
        self.findings.append(Finding(kind=kind, where=where, detail=detail))

    def note(self, kind: str, where: str, detail: str) -> None:
        """Add something worth knowing that is not an error."""
        self.findings.append(Finding(kind=kind, where=where, detail=detail, severity="note"))

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return all(finding.severity == "note" for finding in self.findings)
