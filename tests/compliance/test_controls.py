"""Adopting, writing, changing and owning controls; setting the window; each with its entry in the activity log."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from compliance.catalog import load
from compliance.errors import InvalidDefinition, InvalidWindow, KeyTaken, UnknownControl, UnknownOwner, UnknownPart
from compliance.models import ControlVersion
from compliance.selectors.adopted import adopted_controls, library_controls
from compliance.selectors.windows import current_window
from compliance.services import (
    adopt_controls,
    assign_owner,
    change_control,
    open_register,
    record_approval,
    set_window,
    write_control,
)
from organizations.models import Activity

BUCKETS = "aws.s3.bucket_not_public"


@pytest.fixture
def olga(organization):
    with organization.owner.bound():
        yield organization.owner


def entries() -> list[str]:
    return [
        row.action
        for row in Activity.objects.order_by("recorded_at")
        if row.action.startswith(("control", "window", "register", "approval"))
    ]


def own(**changes):
    return write_control(
        **{"title": "Buckets are private", "statement": "No bucket is public.", "checks": [BUCKETS], **changes}
    )


def test_adopted_controls_carry_the_definition_of_the_library(olga):
    assert adopt_controls(keys=["AC-08", "AC-02"], owner_id=olga.member_id) == 2
    second, first = adopted_controls()[1], adopted_controls()[0]
    assert (first.key, second.key, second.version, second.written) == ("AC-02", "AC-08", 1, False)
    assert second.checks == load.controls()["AC-08"].required_checks
    assert (second.manual, second.owner_id) == (("AC-08.1",), olga.member_id)
    assert "AC-08" not in {control.key for control in library_controls()}


def test_adopting_again_changes_nothing(olga):
    adopt_controls(keys=["AC-08"])
    assert adopt_controls(keys=["AC-08", "AC-08"]) == 0
    assert ControlVersion.objects.count() == 1
    assert entries() == ["controls.adopted"]


def test_a_key_that_the_library_does_not_hold_adopts_nothing_and_says_which(olga):
    with pytest.raises(UnknownControl, match="XX-99") as refused:
        adopt_controls(keys=["AC-08", "XX-99"])
    assert refused.value.what_to_do
    assert adopted_controls() == ()


def test_the_whole_library_is_adopted_in_as_many_queries_as_one_control(organization):
    taken = []
    for keys in (["AC-01"], list(load.controls())):
        with organization.owner.bound(), CaptureQueriesContext(connections["default"]) as queries:
            adopt_controls(keys=keys)
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_a_control_of_its_own_gets_the_next_key_and_the_duties_of_its_parts(olga):
    assert [own(), own(checks=["aws.iam.root_not_used"])] == ["OWN-01", "OWN-02"]
    first, second = adopted_controls()
    assert (first.duty, second.duty, first.group, first.written) == (("continuous",), ("event",), "own", True)
    assert entries() == ["control.written", "control.written"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"title": " "}, InvalidDefinition), ({"statement": ""}, InvalidDefinition), ({"checks": []}, InvalidDefinition),
        ({"checks": ["aws.nothing"]}, UnknownPart), ({"manual": ["ZZ-1.1"]}, UnknownPart), ({"criteria": ["CC99"]}, UnknownPart),
        ({"frequency": "often"}, InvalidDefinition), ({"duty": ["sometimes"]}, InvalidDefinition),
        ({"key": "AC-08"}, KeyTaken), ({"key": "lower-1"}, InvalidDefinition),
    ],
)  # fmt: skip
def test_a_definition_that_states_nothing_is_refused_with_what_to_do(olga, changes, error):
    with pytest.raises(error) as refused:
        own(**changes)
    assert refused.value.what_to_do


def test_a_key_is_never_used_twice(olga):
    own(key="BKT-1")
    with pytest.raises(KeyTaken):
        own(key="BKT-1")


def test_a_changed_definition_is_a_new_version_beside_the_old_one(olga):
    own(key="BKT-1")
    change = {"title": "Buckets", "statement": "No bucket is public.", "checks": [BUCKETS, "aws.iam.root_mfa"]}
    assert change_control(control_key="BKT-1", **change) == 2
    (control,) = adopted_controls()
    assert (control.version, control.checks) == (2, (BUCKETS, "aws.iam.root_mfa"))
    assert ControlVersion.objects.count() == 2


def test_an_owner_is_an_active_member_and_no_auditor(cast):
    bob, vera = cast.bob, cast.vera
    with cast.olga.bound():
        own(key="BKT-1")
        assign_owner(control_key="BKT-1", member_id=cast.olga.member_id)
        assign_owner(control_key="BKT-1", member_id=bob.member_id)
        assign_owner(control_key="BKT-1", member_id=bob.member_id)
        assert adopted_controls()[0].owner_id == bob.member_id
        with pytest.raises(UnknownOwner):
            assign_owner(control_key="BKT-1", member_id=vera.member_id)
        with pytest.raises(UnknownControl):
            assign_owner(control_key="BKT-9", member_id=bob.member_id)
        assert entries() == ["control.written", "control.owner_assigned", "control.owner_assigned"]


def test_the_window_set_last_counts_and_the_earlier_one_stays_in_the_ledger(olga):
    assert current_window() is None
    set_window(starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 30))
    set_window(starts_on=date(2026, 9, 15), ends_on=date(2026, 12, 14))
    window = current_window()
    assert (window.starts_on, window.ends_on, window.days) == (date(2026, 9, 15), date(2026, 12, 14), 91)
    assert entries() == ["window.set", "window.set"]


@pytest.mark.parametrize(
    ("first", "last"), [((2026, 9, 2), (2026, 9, 1)), ((2026, 9, 1), (2026, 9, 27)), ((2026, 1, 1), (2027, 1, 3))]
)
def test_dates_that_are_no_window_are_refused(olga, first, last):
    with pytest.raises(InvalidWindow) as refused:
        set_window(starts_on=date(*first), ends_on=date(*last))
    assert refused.value.what_to_do


def test_a_register_is_opened_once_and_approvals_are_dated_now(olga):
    opened = open_register(register="approvals")
    assert open_register(register="approvals") == opened
    assert record_approval(subject="310000000101", reason="Close an account") > opened
    assert entries() == ["register.opened", "approval.recorded"]
    with pytest.raises(UnknownPart):
        open_register(register="exercises")
    with pytest.raises(InvalidDefinition):
        record_approval(subject="310000000101", reason=" ")
