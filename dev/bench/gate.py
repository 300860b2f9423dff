"""What the gate costs: opening a scope against a bare transaction, and the policy's share of one statement."""

from __future__ import annotations

import argparse

from django.db import connections, transaction

from dev.bench.report import Report
from dev.bench.rounds import interleaved
from organizations import scope
from tests.cast import make_organization

REPEAT = 200


def run(given: argparse.Namespace) -> Report:
    """Milliseconds per request's worth of binding, and of one indexed read under it."""
    organization = make_organization()
    owner = organization.owner

    def bare() -> None:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute("select 1")

    def bound() -> None:
        with owner.bound(), connections["default"].cursor() as cursor:
            cursor.execute("select 1")

    timings = interleaved({"bare": bare, "bound": bound}, rounds=given.rounds, repeat=REPEAT)
    report = Report("gate", "opening a person's scope", f"{given.rounds} rounds of {REPEAT}")
    ratio = timings["bound"].median / timings["bare"].median
    report.add("transaction with one statement", f"{timings['bare'].median * 1000:.2f} ms")
    report.add("the same inside a bound scope", f"{timings['bound'].median * 1000:.2f} ms")
    report.add("ratio", f"{ratio:.2f}")
    report.add(
        "statements that a scope adds", str(_statements_added(owner)), "<= 2", reached=_statements_added(owner) <= 2
    )
    report.raw = {name: timing.seconds for name, timing in timings.items()}
    return report


def _statements_added(owner: object) -> int:
    counted: list[str] = []

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        counted.append(sql)
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(count), owner.bound():  # type: ignore[attr-defined]
        assert scope.is_open()
    return len(counted)
