"""P6: the twelve hottest statements of the product under row security, against a bypassing role with explicit WHERE."""

from __future__ import annotations

import argparse
from collections import defaultdict
from typing import Any

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo

from dev.bench.company import BenchCompany, small_company
from dev.bench.population import multiply, organization_tables, superuser
from dev.bench.report import Report
from dev.bench.rounds import alternating
from dev.bench.statements import Statement, listening

HOTTEST = 12
CALLS = 200
GOAL = 1.05
SMALL_PAGES = 10  # a table this small is read whole by any planner; it is named, not counted


def run(given: argparse.Namespace) -> Report:
    """Per statement: median of bound time over bypass time, and whether any plan scans an organization table."""
    company = small_company()
    rows = multiply(company.organization_id, organizations=given.organizations)
    hot = hottest(company)
    report = Report(
        "p6", "hottest statements under row security",
        f"{given.organizations} organizations, {rows:,} rows in their tables ({CALLS} calls each, taking turns)",
    )  # fmt: skip
    with bound(company) as under_rls, superuser() as bypassing:
        tables = set(organization_tables(bypassing))
        for number, statement in enumerate(hot, start=1):
            _measure(report, number, statement, under_rls, bypassing, tables)
    return report


def hottest(company: BenchCompany) -> list[Statement]:
    """The statements on organization tables that cost most in a tour of the pages (total time, best first)."""
    company.tour()  # warm
    spent: dict[str, float] = defaultdict(float)
    example: dict[str, Statement] = {}
    with listening() as sent:
        for _ in range(3):
            company.tour()
    for statement in sent.statements:
        if (
            statement.alias == "default"
            and statement.text.lstrip().upper().startswith("SELECT")
            and "_" in statement.text
        ):
            if "sec." in statement.text and " FROM " not in statement.text:
                continue  # the gate itself: see the benchmark `gate`
            spent[statement.text] += statement.seconds
            example[statement.text] = statement
    ranked = sorted(spent, key=lambda text: spent[text], reverse=True)
    return [example[text] for text in ranked if "organization_id" in text][:HOTTEST]


class bound:  # noqa: N801  reads as a block
    """A connection of the runtime role whose transaction is bound to the company."""

    def __init__(self, company: BenchCompany) -> None:
        self._company = company

    def __enter__(self) -> psycopg.Connection[Any]:
        options = "-c TimeZone=UTC -c search_path=app,pg_catalog -c jit=off"
        self._connection = psycopg.connect(
            make_conninfo(settings.ROLE_DSN["app_rt"], options=options), prepare_threshold=None
        )  # as the product
        token = self._company.token
        self._connection.execute(
            "select sec.bind(%s, sec.organization_for(%s, %s))", (token, token, self._company.slug)
        )
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.rollback()
        self._connection.close()


def _measure(
    report: Report, number: int, statement: Statement, under_rls: Any, bypassing: Any, tables: set[str]
) -> None:
    sides = {"rls": under_rls, "bypass": bypassing}
    timings = alternating(
        {
            name: lambda side=side: side.execute(statement.text, statement.parameters).fetchall()  # type: ignore[misc]
            for name, side in sides.items()
        },
        calls=CALLS,
    )
    ratio = timings["rls"].median / timings["bypass"].median
    added = timings["rls"].median - timings["bypass"].median
    pages = {name: pages_read(side, statement) for name, side in sides.items()}
    scans = sequential_scans(under_rls, statement, tables)
    large = {table for table, size in scans.items() if size > SMALL_PAGES}
    report.add(
        f"{number:>2} {_name(statement.text)}",
        f"{timings['rls'].median * 1000:.2f} ms, {ratio:.2f}x",
        f"<= {GOAL}x",
        reached=ratio <= GOAL,
    )
    note = f"{added * 1000:+.2f} ms, {pages['rls']} pages for {pages['bypass']}"
    report.add("     row security adds", note, "no large scan", reached=not large)
    if scans:
        what = "scans sequentially" if large else "reads whole, being small"
        report.add(f"     {what}", ", ".join(f"{table} ({size} pages)" for table, size in sorted(scans.items())))
    report.raw[f"{number} {_name(statement.text)}"] = {
        "sql": statement.text, "rls": timings["rls"].seconds, "bypass": timings["bypass"].seconds, "scans": scans,
        "pages": pages,
    }  # fmt: skip


def pages_read(connection: Any, statement: Statement) -> int:
    """How many shared pages the execution touches: free of the machine's noise."""
    text = "explain (analyze, buffers, timing off, format json) " + statement.text
    plan = connection.execute(text, statement.parameters).fetchone()[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


def sequential_scans(connection: Any, statement: Statement, tables: set[str]) -> dict[str, int]:
    """The organization tables that the plan of `statement` reads row by row, with their size in pages."""
    todo = [connection.execute("explain (format json) " + statement.text, statement.parameters).fetchone()[0]]
    found: set[str] = set()
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo += node
        elif isinstance(node, dict):
            if node.get("Node Type") == "Seq Scan" and node.get("Relation Name") in tables:
                found.add(node["Relation Name"])
            todo += [value for value in node.values() if isinstance(value, (list, dict))]
    sized = "select relname, relpages from pg_class where relnamespace = 'app'::regnamespace and relname = any(%s)"
    return dict(connection.execute(sized, (list(found),)).fetchall())


def _name(text: str) -> str:
    table = text.split(' FROM "', 1)[-1].split('"', 1)[0]
    return f"{table[:34]} ({len(text)} characters)"
