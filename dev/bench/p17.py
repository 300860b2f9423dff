"""P17: how many tasks a pull costs. Never one per resource or per check."""

from __future__ import annotations

import argparse

from dev.bench.company import small_company
from dev.bench.report import Report
from organizations import scope


def run(_given: argparse.Namespace) -> Report:
    """Tasks that the worker received over pulls that it recorded, beside the resources they read."""
    from integrations.models import Pull

    company = small_company()
    log = company.running.log_of("worker").read_text("utf-8", "replace")
    received = {
        kind: log.count(f"Task {kind}[") // 2 for kind in ("pull", "probe", "rejudge")
    }  # received and succeeded
    with scope.session(company.token, company.slug):
        pulls = list(Pull.objects.values_list("items", "calls", "milliseconds"))
    items = sum(row[0] for row in pulls)
    report = Report("p17", "tasks per pull", f"{len(pulls)} pulls of {items} resources")
    ratio = received["pull"] / len(pulls)
    report.add("tasks per pull (pages of 1,000 resources: one each)", f"{ratio:.2f}", "<= 2", reached=ratio <= 2)
    report.add("resources per task", f"{items / max(1, received['pull']):.1f}")
    report.add("calls to AWS per pull", f"{sum(row[1] for row in pulls) / len(pulls):.1f}")
    report.add("other tasks (probe, rejudge)", f"{received['probe']}, {received['rejudge']}")
    report.raw = {"received": received, "pulls": len(pulls), "milliseconds": [row[2] for row in pulls]}
    return report
