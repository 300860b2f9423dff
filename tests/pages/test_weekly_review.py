"""The weekly review says what the timelines say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from compliance.selectors.standing import Next, standing
from compliance.selectors.weekly_review import Phase, assemble, rows_per_page
from compliance.timeline.types import State
from compliance.timeline.window import Window
from tests.pages.samples import NOW, SAM, WINDOW, control, standings, timeline


def review(**changes):
    return assemble(**{"window": WINDOW, "as_of": NOW, "standings": standings(), **changes})


def test_the_counts_sum_to_the_controls_in_scope():
    found = review()
    assert sum(count.controls for count in found.counts) == found.in_scope == 21


def test_a_rare_state_is_counted_too_so_that_the_sum_still_holds():
    due = standing(control("AC-03", "Review"), timeline("AC-03", (60, 99, State.DUE, "open")), NOW)
    found = review(standings=(*standings(), due))
    assert found.controls_in(State.DUE) == 1
    assert sum(count.controls for count in found.counts) == 22


def test_an_ended_candidate_stays_in_the_verdict():
    ended = standing(control("NET-01", "Buckets"), timeline("NET-01", (30, 2, State.EXCEPTION, "public")), NOW)
    found = review(standings=(ended,))
    assert found.candidates_total == 1
    assert ended.now is State.OPERATING
    assert ended.next is Next.ENDED


def test_open_candidates_come_before_ended_ones_and_events_never_recover():
    assert [item.key for item in review().candidates] == ["AC-04", "AC-07", "NET-01"]
    event = next(item for item in review().candidates if item.key == "AC-07")
    assert event.next is Next.HAPPENED
    assert not event.open


def test_what_can_still_be_kept_out_is_sorted_by_urgency_and_never_holds_a_candidate():
    found = review()
    assert [item.key for item in found.avoidable] == ["LOG-03", "AVL-02", "AI-02", "GOV-01"]


def test_a_missing_part_is_named_and_asks_to_be_collected():
    item = next(item for item in standings() if item.key == "AI-02")
    assert (item.parts_collected, item.parts_required) == (4, 5)
    assert item.missing == ("Register 1 of AI-02",)
    assert item.next is Next.CONNECT
    assert item.state is State.NOT_OBSERVED


def test_a_source_that_stopped_answering_is_to_be_reconnected_with_the_day():
    item = next(item for item in standings() if item.key == "AVL-02")
    assert item.next is Next.RECONNECT
    assert item.date == WINDOW.start + timedelta(days=50)


def test_a_fix_date_in_the_past_is_called_overdue_and_delays_nothing():
    item = next(item for item in standings() if item.key == "AC-04")
    assert item.next is Next.FIX_OVERDUE
    assert item.state is State.EXCEPTION


def test_with_issues_shows_only_controls_that_were_not_plainly_operating():
    found = review()
    assert found.heat.with_issues == 8
    assert {row.standing.key for row in found.heat.rows}.isdisjoint({"OK-01", "DAT-06"})
    assert review(show="all").heat.total == 21


def test_the_rows_of_the_heatmap_are_pages_of_bounded_size():
    many = tuple(
        standing(control(f"AC-{n:03}", "x"), timeline(f"AC-{n:03}", (1, 2, State.EXCEPTION, "x")), NOW)
        for n in range(150)
    )
    first, last = review(standings=many, page=1), review(standings=many, page=99)
    assert len(first.heat.rows) == rows_per_page(13, "issues") == 20
    assert last.heat.page == last.heat.pages == 8
    assert len(last.heat.rows) == 10


def test_since_last_week_names_what_began_and_what_recovered():
    recovered = standing(control("A-1", "x"), timeline("A-1", (50, 10, State.EXCEPTION, "r")), NOW)
    began = standing(control("A-2", "x"), timeline("A-2", (60, 99, State.EXCEPTION, "b")), NOW)
    blind = standing(control("A-3", "x"), timeline("A-3", (61, 99, State.NOT_OBSERVED, "g")), NOW)
    seen = standing(control("A-4", "x"), timeline("A-4", (40, 18, State.NOT_OBSERVED, "g")), NOW)
    found = review(standings=(recovered, began, blind, seen))
    assert {(c.key, c.kind) for c in found.changes} == {
        ("A-1", "recovered"),
        ("A-2", "began"),
        ("A-3", "gap"),
        ("A-4", "observed"),
    }
    assert [c.at for c in found.changes] == sorted((c.at for c in found.changes), reverse=True)


def test_the_red_is_owned_by_people_and_what_nobody_owns_is_shown_too():
    found = review()
    assert found.owners[0].owner == SAM
    assert (found.owners[0].exceptions, found.owners[0].at_risk, found.owners[0].not_observed) == (1, 1, 1)
    assert any(own.owner is None for own in found.owners)


@pytest.mark.parametrize(
    ("as_of", "phase"),
    [
        (datetime(2026, 9, 1, 3, 59, tzinfo=UTC), Phase.BEFORE),
        (datetime(2026, 9, 1, 4, 0, tzinfo=UTC), Phase.INSIDE),
        (datetime(2026, 12, 1, 4, 59, tzinfo=UTC), Phase.INSIDE),
        (datetime(2026, 12, 1, 5, 0, tzinfo=UTC), Phase.CLOSED),
    ],
)
def test_the_window_opens_and_closes_at_midnight_of_its_zone_on_both_sides_of_a_clock_change(as_of, phase):
    assert review(as_of=as_of, standings=()).phase is phase


def test_an_empty_scope_is_a_review_of_nothing():
    found = review(standings=())
    assert found.in_scope == 0
    assert sum(count.controls for count in found.counts) == 0
    assert found.heat.rows == ()


def test_the_seven_days_of_a_young_window_do_not_reach_before_it():
    window = Window(starts_on=date(2026, 10, 30), ends_on=date(2027, 1, 30), zone="UTC")
    assert review(window=window, standings=()).since == window.start
