"""The API says what the pages say, from the same selectors."""

from __future__ import annotations

from tests.api.test_door import get, make_token
from tests.cast import Cast
from tests.pages.test_pages import set_up


def test_the_counts_of_the_api_are_those_of_the_dashboard(cast: Cast):
    set_up(cast)
    token = make_token(cast)
    answer = get(f"/api/v1/o/{cast.a.slug}/dashboard/", token).json()
    assert sum(count["controls"] for count in answer["review"]["counts"]) == answer["review"]["in_scope"] == 3
    assert answer["window"]["weeks"] == 13
    keys = [row["key"] for row in get(f"/api/v1/o/{cast.a.slug}/controls/", token).json()["items"]]
    assert keys == ["AC-02", "GOV-01", "OWN-01"]


def test_lists_are_walked_by_cursor_and_end(cast: Cast):
    set_up(cast)
    token, seen, cursor = make_token(cast), [], ""
    for _page in range(5):
        answer = get(f"/api/v1/o/{cast.a.slug}/heatmap/?limit=2{cursor}", token).json()
        seen += [row["key"] for row in answer["items"]]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
    assert seen == ["AC-02", "GOV-01", "OWN-01"]


def test_a_control_is_read_whole_and_a_missing_one_is_not_found(cast: Cast):
    set_up(cast)
    token = make_token(cast)
    answer = get(f"/api/v1/o/{cast.a.slug}/controls/GOV-01/", token).json()
    assert answer["control"]["state"] == "not_observed"
    assert answer["control"]["parts_collected"] == 0
    assert len(answer["timeline"]["parts"]) == answer["control"]["parts_required"]
    assert get(f"/api/v1/o/{cast.a.slug}/controls/NO-99/", token).status_code == 404


def test_every_criterion_is_in_the_framework_also_without_controls(cast: Cast):
    token = make_token(cast)
    rows = get(f"/api/v1/o/{cast.a.slug}/framework/", token).json()["items"]
    assert len(rows) > 50
    assert all(row["controls"] == [] for row in rows)
