"""Pages over hand-made timelines: words, empty, one, many, long names, zones, budgets, no inline code."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, date, datetime
from functools import cache
from html.parser import HTMLParser

import pytest

from compliance.selectors.control_list import listing, parse
from compliance.selectors.framework_page import CriterionText, arrange
from compliance.selectors.standing import standing
from compliance.timeline.types import State
from compliance.timeline.window import Window
from tests.pages.rendering import control_page, dashboard, render
from tests.pages.samples import NOW, WINDOW, control, standings, timeline

LONG = "A control whose name is exactly eighty characters long, which must not break a thing"[:80]
YEAR = Window(starts_on=date(2025, 11, 1), ends_on=date(2026, 11, 5), zone="UTC")


def words(html: str) -> str:
    """What a person without styles reads, with white space folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def many(count: int, window: Window = WINDOW):
    return tuple(
        standing(
            control(f"AC-{n:03}", LONG, group=("access", "logging", "vendors")[n % 3]),
            timeline(
                f"AC-{n:03}",
                (10 + n % 20, 9, State.EXCEPTION, "The bucket is public"),
                (42, 6, State.NOT_OBSERVED, "no answer"),
                (50, 2, State.AT_RISK, "2 of 5"),
                window=window,
            ),
            NOW,
        )
        for n in range(count)
    )


@cache
def everything() -> dict[str, str]:
    by_key = {item.key: item for item in standings()}
    criteria = [CriterionText(id=f"CC6.{n}", series="CC6", category="security", title="Access") for n in range(1, 9)]
    return {
        "dashboard": dashboard(standings()),
        "dashboard, all": dashboard(standings(), show="all"),
        "dashboard, auditor": dashboard(standings(), role="auditor"),
        "dashboard, empty": dashboard(()),
        "dashboard, 53 weeks": dashboard(many(150, YEAR), window=YEAR),
        "dashboard, 150 controls": dashboard(many(150)),
        "control, open": control_page(by_key["AC-04"], week=7),
        "control, event": control_page(by_key["AC-07"]),
        "control, missing": control_page(by_key["AI-02"]),
        "control, no occurrence": control_page(by_key["DAT-06"]),
        "controls": render(
            "compliance/controls.html", {"listed": listing(standings(), parse({"q": "x"})), "window": WINDOW}
        ),
        "framework": render(
            "compliance/framework.html", {"page": arrange(criteria=criteria, standings=standings(), library_keys={})}
        ),
        "no window": render("compliance/no_window.html", {}),
        "403": render("403.html", {}),
        "404": render("404.html", {}),
        "500": render("500.html", {}),
        "503": render("503.html", {}),
    }


class Findings(HTMLParser):
    """Collects what the content security policy would refuse, and ids that occur twice."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "style" or name.startswith("on") or "data:" in (value or "") or "javascript:" in (value or ""):
                self.refused.append(f"{tag} {name}={value}")
            if name == "id":
                self.ids.append(value)
        if tag == "style" or (tag == "script" and "src" not in dict(attrs)):
            self.refused.append(tag)


@pytest.mark.parametrize("name", list(everything()))
def test_no_page_needs_anything_inline_and_no_id_occurs_twice(name):
    found = Findings()
    found.feed(everything()[name])
    assert found.refused == []
    assert len(found.ids) == len(set(found.ids))


@pytest.mark.parametrize("name", list(everything()))
def test_every_page_has_one_heading_of_the_first_level_a_skip_link_and_its_target(name):
    html = everything()[name]
    assert html.count("<h1") == 1
    assert 'class="skip" href="#main"' in html
    assert 'id="main"' in html


def test_the_verdict_is_the_first_sentence():
    assert "If the window closed today: 3 exception candidates." in words(dashboard(standings()))
    one = (standing(control("A-1", "x"), timeline("A-1", (3, 2, State.EXCEPTION, "r")), NOW),)
    assert "If the window closed today: 1 exception candidate." in words(dashboard(one))
    fine = (standing(control("A-1", "x"), timeline("A-1"), NOW),)
    assert "If the window closed today: no exception candidates." in words(dashboard(fine))


def test_before_and_after_the_window_the_verdict_says_so():
    before = dashboard(standings(), as_of=datetime(2026, 8, 1, tzinfo=UTC))
    assert "The window has not started." in words(before)
    after = datetime(2026, 12, 10, tzinfo=UTC)
    closed = (standing(control("A-1", "x"), timeline("A-1", (3, 2, State.EXCEPTION, "r"), as_of=after), after),)
    assert "Window closed 30 Nov: 1 exception candidate." in words(dashboard(closed, as_of=after))


def test_without_a_window_the_page_says_what_to_do_next_to_those_who_can():
    assert "Go to set-up" in render("compliance/no_window.html", {})
    assert "Go to set-up" not in render("compliance/no_window.html", {}, role="viewer")


def test_without_controls_the_dashboard_says_what_to_do_next():
    assert "No control is in scope yet." in words(dashboard(()))


def test_every_state_reads_without_colour():
    text = words(dashboard(standings(), show="all"))
    for word in ("Candidate", "At risk", "Not observed", "Operating", "No occurrence"):
        assert word in text
    html = dashboard(standings(), show="all")
    assert re.search(r'class="cell x"[^>]*aria-label="exception candidate, 5 of 7 days"[^>]*>5<', html)
    assert re.search(r'class="cell n"[^>]*aria-label="not observed"[^>]*>\?<', html)
    assert re.search(r'class="cell x"[^>]*aria-label="exception candidate, 1 event"[^>]*>1<', html)


def test_a_cell_is_named_by_its_control_its_week_and_its_state():
    html = dashboard(standings())
    assert 'id="w7"><span class="vh">week </span>7<span class="vh">, 13 to 19 Oct:</span>' in html
    assert 'href="/o/halyard-ai/controls/AC-04/?week=7"' in html
    assert 'aria-labelledby="AC-04 w7 AC-04.7"' in html


def test_weeks_count_days_across_the_clock_change():
    assert 'id="w9" class="now"><span class="vh">week </span>9<span class="vh">, 27 Oct to 2 Nov:</span>' in dashboard(
        standings()
    )


def test_the_control_page_names_parts_failing_resources_reasons_and_the_seal():
    by_key = {item.key: item for item in standings()}
    text = words(control_page(by_key["AC-04"]))
    assert "Candidate, still open" in text
    assert "1 of 1 part" in text
    assert "j.reyes kept a database role" in text
    html = control_page(by_key["AC-04"])
    assert 'href="/o/halyard-ai/evidence/412/"' in html
    missing = words(control_page(by_key["AI-02"]))
    assert "4 of 5 parts" in missing
    assert "Not collected yet: Register 1 of AI-02. So this control is not observed." in missing
    assert 'class="pill pass"' not in control_page(by_key["GOV-01"])


def test_an_event_is_a_dated_point_that_stays():
    by_key = {item.key: item for item in standings()}
    text = words(control_page(by_key["AC-07"]))
    assert "Candidate, 14 Oct" in text
    assert "dated event" in text


def test_the_auditor_reads_and_changes_nothing():
    by_key = {item.key: item for item in standings()}
    html = control_page(by_key["AC-04"], role="auditor")
    assert "Change owner" not in html
    assert "Read only." in html


def test_there_is_no_button_without_effect():
    html = dashboard(standings())
    assert "Sign this week" not in html
    assert "Nudge" not in html


@pytest.mark.parametrize(
    ("name", "limit", "compressed"),
    [
        ("dashboard", 60_000, 14_000),
        ("dashboard, 150 controls", 60_000, 14_000),
        ("dashboard, 53 weeks", 60_000, 14_000),
        ("control, open", 60_000, 14_000),
        ("controls", 60_000, 14_000),
        ("framework", 60_000, 14_000),
    ],
)
def test_pages_stay_inside_their_byte_budget(name, limit, compressed):
    html = everything()[name].encode()
    assert len(html) <= limit
    assert len(gzip.compress(html)) <= compressed


def test_the_longest_list_stays_inside_its_byte_budget():
    assert len(dashboard(many(150, YEAR), window=YEAR, show="all").encode()) <= 200_000
    rows = render("compliance/controls.html", {"listed": listing(many(150), parse({})), "window": WINDOW})
    assert len(rows.encode()) <= 200_000


def test_a_name_with_markup_is_shown_as_text():
    evil = standing(
        control("EV-01", "<script>alert(1)</script>"), timeline("EV-01", (3, 9, State.EXCEPTION, "<b>")), NOW
    )
    for html in (dashboard((evil,)), control_page(evil)):
        assert "<script>alert" not in html
        assert "&lt;script&gt;" in html
