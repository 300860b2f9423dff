"""P11: the framework page, with every criterion, control and state, within twelve statements at any size."""

from __future__ import annotations

import argparse

from dev.bench.report import Report
from dev.bench.rounds import interleaved
from dev.bench.sized import organization_of
from dev.bench.statements import listening

GOAL = 12
SIZES = (10, 1000)


def run(given: argparse.Namespace) -> Report:
    """Statements and milliseconds of the page, the gate's own statements included."""
    report = Report("p11", "framework page", " and ".join(map(str, SIZES)) + " controls")
    browsers = {f"{size} controls": organization_of(size).browser() for size in SIZES}
    for name, browse in browsers.items():
        browse("framework")
        with listening() as sent:
            status = browse("framework")
        report.add(f"statements at {name}", str(sent.count), f"<= {GOAL}", reached=sent.count <= GOAL and status == 200)
        report.raw[name] = [statement.text for statement in sent.statements]
    timings = interleaved(
        {name: lambda browse=browse: browse("framework") for name, browse in browsers.items()},  # type: ignore[misc]
        rounds=given.rounds,
    )
    for name, timing in timings.items():
        report.add(f"page at {name}", f"{timing.median * 1000:.0f} ms")
    return report
