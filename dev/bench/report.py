"""What a benchmark found: figures beside their goal, printed for people and kept as JSON."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Line:
    """One figure. `reached` is None where there is no goal for it, or where it could not be run."""

    what: str
    figure: str
    goal: str = ""
    reached: bool | None = None


@dataclass
class Report:
    """All figures of one benchmark. `size` says at which scale they were taken."""

    name: str
    title: str
    size: str
    lines: list[Line] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)

    def add(self, what: str, figure: str, goal: str = "", *, reached: bool | None = None) -> None:
        """Append one line."""
        self.lines.append(Line(what, figure, goal, reached))

    def show(self) -> str:
        """The report as people read it."""
        out = [f"{self.name}  {self.title}", f"    size: {self.size}"]
        for line in self.lines:
            mark = {True: "reached", False: "MISSED", None: ""}[line.reached]
            goal = f"   goal {line.goal}" if line.goal else ""
            out.append(f"    {line.what:<58} {line.figure:>16}{goal:<22} {mark}".rstrip())
        return "\n".join(out)

    def keep(self, folder: Path) -> Path:
        """Write the report as JSON into `folder` and return the file."""
        folder.mkdir(parents=True, exist_ok=True)
        made = datetime.now().astimezone()
        file = folder / f"{self.name}-{made.strftime('%Y%m%d-%H%M%S')}.json"
        machine = {"python": platform.python_version(), "machine": platform.machine()}
        file.write_text(json.dumps({"made_at": made.isoformat(), **machine, **asdict(self)}, indent=2, default=str))
        return file
