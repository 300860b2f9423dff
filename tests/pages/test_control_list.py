"""The list of controls answers to its address."""

from __future__ import annotations

from compliance.selectors.control_list import listing, parse
from compliance.selectors.framework_page import CriterionText, arrange
from tests.pages.samples import PRIYA, standings


def keys(**parameters: str) -> list[str]:
    return [row.key for row in listing(standings(), parse(parameters)).rows]


def test_the_worst_come_first_and_the_order_can_be_turned():
    assert keys()[:3] == ["AC-04", "AC-07", "NET-01"]
    assert keys(sort="key")[0] == "AC-02"
    assert keys(sort="-key")[0] == "OK-12"


def test_filters_can_be_combined():
    assert keys(state="not_observed") == ["AI-02", "AVL-02", "GOV-01"]
    assert keys(owner=str(PRIYA.id), state="exception") == ["AC-04"]
    assert keys(owner="none") == ["GOV-01"]
    assert keys(q="zero retention") == ["AI-02"]
    assert keys(criterion="CC6.6") == ["AC-02"]


def test_unknown_parameters_and_values_are_ignored_and_named():
    found = parse({"colour": "red", "state": "great", "owner": "me", "sort": "luck", "page": "many"})
    assert found.ignored == ("colour", "state", "owner", "sort")
    assert (found.state, found.owner, found.sort, found.page) == ("", "", "state", 1)


def test_a_page_beyond_the_end_is_the_last_page():
    assert listing(standings(), parse({"page": "7"})).page == 1


def test_the_framework_shows_every_criterion_also_one_without_a_control():
    criteria = [
        CriterionText(id=name, series=name.split(".")[0], category="security", title=name)
        for name in ("CC1.3", "CC6.2", "CC9.9")
    ]
    page = arrange(criteria=criteria, standings=standings(), library_keys={"CC6.2": ["AC-04", "AC-05"]})
    rows = {row.criterion.id: row for series in page.series for row in series.rows}
    assert [c.key for c in rows["CC6.2"].controls] == ["AC-04"]
    assert rows["CC6.2"].library == 1
    assert rows["CC9.9"].controls == ()
    assert page.uncovered == 1
    narrowed = arrange(criteria=criteria, standings=standings(), library_keys={}, text="leavers")
    assert (narrowed.found, narrowed.total) == (1, 3)
