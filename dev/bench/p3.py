"""P3: a second pull of unchanged systems adds one coverage row per stream and as few bytes as possible."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from dev.bench.company import DAYS, BenchCompany, small_company
from dev.bench.report import Report
from organizations import scope


def run(_given: argparse.Namespace) -> Report:
    """Rows and bytes that the second of two pulls of the same simulated day added."""
    company = small_company()
    day = str(DAYS[-1])
    company.running.sandbox("--days", day)  # the same world as the last pull: the first of the two
    before, first = _rows(company), _newest_bytes(company)
    company.running.sandbox("--days", day)
    after, second = _rows(company), _newest_bytes(company)
    added = {name: after[name] - before[name] for name in after}
    report = Report("p3", "second, unchanged pull", "3 accounts, 12 streams")
    report.add("outcome rows written", str(added["outcomes"]), "0", reached=added["outcomes"] == 0)
    report.add("flips", str(added["flips"]), "0", reached=added["flips"] == 0)
    report.add("events", str(added["events"]), "0", reached=added["events"] == 0)
    report.add("fact versions", str(added["facts"]), "0", reached=added["facts"] == 0)
    report.add("coverage rows", str(added["coverage"]), "12", reached=added["coverage"] == 12)
    share = sum(second.values()) / max(1, sum(first.values()))
    report.add("bytes sealed by the second pull", f"{sum(second.values()):,}")
    report.add("share of the first (without the dictionary codec)", f"{share:.0%}", "2 % later")
    report.raw = {"added": added, "first": dict(first), "second": dict(second)}
    return report


def _rows(company: BenchCompany) -> dict[str, Any]:
    from compliance.models import CurrentOutcome, Event, Flip
    from inventory.models import Coverage, FactVersion

    with scope.session(company.token, company.slug):
        return {
            "outcomes": CurrentOutcome.objects.count(), "flips": Flip.objects.count(), "events": Event.objects.count(),
            "facts": FactVersion.objects.count(), "coverage": Coverage.objects.count(),
        }  # fmt: skip


def _newest_bytes(company: BenchCompany) -> Counter[str]:
    """Bytes sealed by the newest pull of each stream and connection."""
    from integrations.models import Pull

    found: Counter[str] = Counter()
    with scope.session(company.token, company.slug):
        newest: dict[tuple[Any, str], Any] = {}
        for pull in Pull.objects.order_by("id"):
            newest[(pull.connection_id, pull.stream)] = pull
    for (_, stream), pull in newest.items():
        found[stream] += pull.bytes_sealed
    return found
