"""The benchmark tools themselves: fair turns, honest words."""

from __future__ import annotations

import json
from pathlib import Path

from dev.bench.report import Report
from dev.bench.rounds import alternating, interleaved


def test_both_sides_take_turns_and_the_warm_up_is_not_counted() -> None:
    order: list[str] = []
    sides = {"a": lambda: order.append("a"), "b": lambda: order.append("b")}
    timings = interleaved(sides, rounds=4)
    assert order == ["a", "b", "b", "a", "a", "b", "b", "a", "a", "b"]
    assert all(len(timing.seconds) == 4 for timing in timings.values())
    order.clear()
    timings = alternating(sides, calls=20)
    assert order == ["a", "b"] * 22
    assert all(len(timing.seconds) == 20 for timing in timings.values())


def test_a_missed_goal_is_said_and_kept(tmp_path: Path) -> None:
    report = Report("px", "something", "small")
    report.add("fast enough", "1 s", "<= 2 s", reached=True)
    report.add("too slow", "3 s", "<= 2 s", reached=False)
    report.add("for information", "7")
    shown = report.show().splitlines()
    assert shown[2].endswith("reached") and shown[3].endswith("MISSED") and shown[4].endswith("7")
    kept = json.loads(report.keep(tmp_path).read_text())
    assert [line["reached"] for line in kept["lines"]] == [True, False, None]
