"""The pages over the database: who may see and change what, set-up from nothing, bad input."""

from __future__ import annotations

import pytest

from compliance.services import adopt_controls, set_window, write_control
from tests.cast import Cast

PATHS = ("", "controls/", "framework/", "controls/OWN-01/", "controls/GOV-01/")
EDITING = ("window/", "controls/adopt/", "controls/write/", "controls/owners/")


def set_up(cast: Cast) -> None:
    from datetime import timedelta

    from organizations import clock

    with cast.alice.bound():
        today = clock.now().date()
        set_window(starts_on=today - timedelta(days=40), ends_on=today + timedelta(days=50))
        adopt_controls(keys=("GOV-01", "AC-02"), owner_id=cast.bob.member_id)
        write_control(
            key="OWN-01",
            title="Root has a second factor",
            statement="Every AWS root user has a second factor.",
            checks=("aws.iam.root_mfa",),
            criteria=("CC6.1",),
            owner_id=cast.alice.member_id,
        )


def test_a_new_organization_is_told_what_is_next(cast: Cast):
    page = cast.alice.client().get(f"/o/{cast.alice.slug}/")
    assert page.status_code == 200
    assert "No observation window yet." in page.content.decode()
    for path in PATHS[1:3]:
        assert cast.alice.client().get(f"/o/{cast.alice.slug}/{path}").status_code == 200


@pytest.mark.parametrize("person", ["olga", "alice", "bob"])
def test_members_read_every_page(cast: Cast, person):
    set_up(cast)
    client = getattr(cast, person).client()
    for path in PATHS:
        answer = client.get(f"/o/{cast.alice.slug}/{path}")
        assert answer.status_code == 200, path
        assert "style-src 'self'" in answer.headers["Content-Security-Policy"]


def test_only_editors_change_things(cast: Cast):
    set_up(cast)
    for path in EDITING:
        assert cast.bob.client().get(f"/o/{cast.alice.slug}/{path}").status_code == 403, path
        assert cast.alice.client().get(f"/o/{cast.alice.slug}/{path}").status_code == 200, path
    refused = cast.bob.client().post(f"/o/{cast.alice.slug}/controls/OWN-01/owner/", {"owner": cast.bob.member_id})
    assert refused.status_code == 403


def test_another_organization_and_a_missing_control_look_alike(cast: Cast):
    set_up(cast)
    foreign = cast.mallory.client().get(f"/o/{cast.alice.slug}/controls/OWN-01/")
    nowhere = cast.mallory.client().get("/o/no-such-place/controls/OWN-01/")
    assert foreign.status_code == nowhere.status_code == 404
    assert cast.mallory.client().get(f"/o/{cast.mallory.slug}/controls/OWN-01/").status_code == 404


def test_a_control_with_uncollected_parts_is_never_green(cast: Cast):
    set_up(cast)
    html = cast.alice.client().get(f"/o/{cast.alice.slug}/controls/GOV-01/").content.decode()
    assert "0 of " in html
    assert "Not observed" in html
    assert 'class="pill pass"' not in html


def test_the_owner_of_a_control_is_changed_and_the_change_is_seen(cast: Cast):
    set_up(cast)
    client, address = cast.alice.client(), f"/o/{cast.alice.slug}/controls/OWN-01/"
    answer = client.post(address + "owner/", {"owner": str(cast.bob.member_id)}, follow=True)
    html = answer.content.decode()
    assert "OWN-01 has another owner now." in html
    with cast.alice.bound():
        from compliance.selectors.in_scope import controls_in_scope

        owner = next(item.owner for item in controls_in_scope() if item.key == "OWN-01")
    assert owner is not None
    assert owner.id == cast.bob.member_id


@pytest.mark.parametrize("value", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_wrong_owner_keeps_the_page_and_says_so(cast: Cast, value):
    set_up(cast)
    answer = cast.alice.client().post(f"/o/{cast.alice.slug}/controls/OWN-01/owner/", {"owner": value})
    assert answer.status_code == 422
    assert 'class="err"' in answer.content.decode()


def test_set_up_from_nothing_in_pages(cast: Cast):
    client, root = cast.alice.client(), f"/o/{cast.alice.slug}/"
    assert client.post(root + "window/", {"starts_on": "2026-09-01", "ends_on": "2026-11-30"}).status_code == 302
    adopted = client.post(root + "controls/adopt/", {"keys": ["AC-02", "GOV-01"]}, follow=True)
    assert "2 controls are in scope now." in adopted.content.decode()
    owned = client.post(
        root + "controls/owners/", {"keys": ["AC-02", "GOV-01"], "owner": cast.bob.member_id}, follow=True
    )
    assert "2 controls have their owner." in owned.content.decode()
    written = client.post(
        root + "controls/write/",
        {
            "title": "No bucket is public",
            "statement": "No storage bucket is public.",
            "criteria": "CC6.1, cc6.6",
            "checks": ["aws.s3.bucket_not_public"],
            "owner": cast.alice.member_id,
        },
        follow=True,
    )
    html = written.content.decode()
    assert "OWN-01 is in scope now." in html
    assert "CC6.6" in html
    assert "If the window closed today" in client.get(root).content.decode()


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("window/", {"starts_on": "2026-09-01", "ends_on": "2026-08-01"}, "The last day is before the first."),
        ("window/", {"starts_on": "2026-09-01", "ends_on": "2026-09-02"}, "The window has 2 days."),
        ("window/", {"starts_on": "soon", "ends_on": ""}, "Enter a valid date."),
        ("controls/adopt/", {}, "Choose at least one control."),
        ("controls/adopt/", {"keys": ["ZZ-99"]}, "Select a valid choice."),
        ("controls/owners/", {}, "Choose at least one control."),
        ("controls/write/", {"title": "x"}, "This field is required."),
        (
            "controls/write/",
            {"title": "x", "statement": "y", "checks": ["aws.iam.root_mfa"], "criteria": "CC99.9"},
            "The framework has no CC99.9.",
        ),
    ],
)
def test_bad_input_keeps_the_form_and_says_what_to_change(cast: Cast, path, data, said):
    answer = cast.alice.client().post(f"/o/{cast.alice.slug}/{path}", data)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert said in html
    assert "data-errors" in html


def test_a_key_that_is_taken_is_refused_with_a_sentence(cast: Cast):
    set_up(cast)
    answer = cast.alice.client().post(
        f"/o/{cast.alice.slug}/controls/write/",
        {
            "key": "OWN-01",
            "title": "Again",
            "statement": "Again.",
            "checks": ["aws.iam.root_mfa"],
            "owner": cast.alice.member_id,
        },
    )
    assert answer.status_code == 422
    assert "OWN-01 is taken." in answer.content.decode()


def test_unknown_filters_are_ignored_with_a_note(cast: Cast):
    set_up(cast)
    html = cast.alice.client().get(f"/o/{cast.alice.slug}/controls/?state=great&colour=red").content.decode()
    assert "Not understood and ignored: colour, state." in html
    assert "OWN-01" in html


def test_the_auditor_reads_the_same_selectors(cast: Cast):
    set_up(cast)
    from compliance.selectors.control import control
    from compliance.selectors.dashboard import dashboard
    from organizations import clock

    with cast.vera.bound():
        now = clock.now()
        found = dashboard(as_of=now)
        assert found is not None
        assert found.in_scope == 3
        assert control(key="OWN-01", as_of=now) is not None
