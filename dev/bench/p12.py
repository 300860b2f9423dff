"""P12: every page sends the same number of statements at 10, 100 and 1,000 controls and records."""

from __future__ import annotations

import argparse

from dev.bench.report import Report
from dev.bench.sized import PAGES, organization_of
from dev.bench.statements import listening

SIZES = (10, 100, 1000)


def run(_given: argparse.Namespace) -> Report:
    """Statements per page and size; reached where they are equal and the page answered."""
    report = Report("p12", "statements per page", " / ".join(map(str, SIZES)) + " controls and records")
    companies = [organization_of(size) for size in SIZES]
    for page in PAGES:
        counts, answers = [], set()
        for company in companies:
            browse = company.browser()
            answers.add(browse(page))  # warm: the first request of a process fills caches of code, never of data
            with listening() as sent:
                answers.add(browse(page))
            counts.append(sent.count)
        equal = len(set(counts)) == 1 and answers == {200}
        note = "" if answers == {200} else f" (answered {sorted(answers)})"
        report.add(page, " / ".join(map(str, counts)) + note, "equal", reached=equal)
        report.raw[page] = counts
    return report
