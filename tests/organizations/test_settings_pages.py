"""Settings, API tokens, mail test, set-up and the activity log."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connections

from organizations import scope, setup
from organizations.selectors import organization
from organizations.selectors.activity import activity, activity_page
from organizations.selectors.tokens import api_tokens
from organizations.services.copy_events import copy_events
from organizations.services.members import remove_member
from organizations.services.record_activity import record_activity
from organizations.services.refusals import NotAllowed, WrongInput
from organizations.services.settings import rename_organization, set_time_zone
from organizations.services.tokens import new_api_token, revoke_api_token
from tests.cast import auditor_connection, join


def token_bytes(text):
    import base64

    bare = text.removeprefix("at_")
    return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))


# settings


def test_the_owner_renames_and_sets_the_zone_and_both_are_in_the_log(cast):
    answer = cast.olga.client().post(f"/o/{cast.a.slug}/settings/", {"name": "New Name", "time_zone": "Asia/Tokyo"})
    assert answer.status_code == 302
    with cast.olga.bound():
        assert (organization().name, organization().time_zone) == ("New Name", "Asia/Tokyo")
        assert {"organization.renamed", "organization.time_zone_set"} <= {entry.action for entry in activity()}


def test_a_security_owner_sets_the_zone_and_cannot_rename(cast):
    with cast.olga.bound() as bound:
        name = bound.name
    answer = cast.alice.client().post(f"/o/{cast.a.slug}/settings/", {"name": "Taken Over", "time_zone": "Asia/Tokyo"})
    assert answer.status_code == 302
    with cast.alice.bound() as bound:
        assert bound.name == name
        assert organization().time_zone == "Asia/Tokyo"
    with cast.alice.bound(), pytest.raises(NotAllowed):
        rename_organization(name="Taken Over")


def test_settings_keep_bad_input_and_write_nothing(cast):
    answer = cast.olga.client().post(f"/o/{cast.a.slug}/settings/", {"name": "Kept Name", "time_zone": "Mars/Olympus"})
    assert answer.status_code == 400
    assert "Kept Name" in answer.content.decode()
    with cast.olga.bound(), pytest.raises(WrongInput):
        set_time_zone(time_zone="Mars/Olympus")
    with cast.olga.bound():
        assert activity(action="organization.") == ()


def test_the_same_zone_twice_is_one_entry(cast):
    for _time in range(2):
        with cast.olga.bound():
            set_time_zone(time_zone="Europe/Rome")
    with cast.olga.bound():
        assert len(activity(action="organization.time_zone_set")) == 1


def test_the_mail_test_mails_the_member_who_asks_after_the_commit(cast):
    client = cast.olga.client()
    answer = client.post(f"/o/{cast.a.slug}/settings/mail-test/")
    assert answer.status_code == 302
    assert mail.outbox[-1].to == [cast.olga.email]
    assert "The test mail was sent" in client.get(answer["Location"]).content.decode()


def test_a_mail_server_that_does_not_answer_is_told_and_undoes_nothing(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    client = cast.olga.client()
    answer = client.post(f"/o/{cast.a.slug}/settings/mail-test/")
    assert answer.status_code == 302
    assert "could not be sent" in client.get(answer["Location"]).content.decode()
    with cast.olga.bound():
        assert len(activity(action="mail.tested")) == 1


# API tokens


def test_a_token_is_shown_once_and_binds_until_it_is_revoked(cast):
    client = cast.alice.client()
    path = f"/o/{cast.a.slug}/settings/tokens/"
    made = client.post(path, {"name": "nightly report", "role": "api_read", "days": "30"}).content.decode()
    text = re.search(r"at_[A-Za-z0-9_-]{43}", made)[0]
    assert text not in client.get(path).content.decode()
    with scope.api_token(token_bytes(text)) as bound:
        assert (bound.role, bound.slug) == ("api_read", cast.a.slug)
    with cast.alice.bound():
        token_id = next(token.id for token in api_tokens() if token.name == "nightly report")
    assert client.post(f"{path}{token_id}/revoke/").status_code == 302
    with pytest.raises(scope.Denied), scope.api_token(token_bytes(text)):
        pass
    assert client.post(f"{path}{token_id}/revoke/").status_code == 302
    with cast.alice.bound():
        assert [entry.action for entry in activity(subject=f"api_token:{token_id}")] == [
            "api_token.revoked",
            "api_token.made",
        ]


def test_a_token_ends_with_the_membership_of_who_made_it(cast):
    second = join(cast.a, "Otto", "security_owner")
    with second.bound():
        made = new_api_token(name="otto's", role="api_write", days=10)
    with cast.olga.bound():
        remove_member(member_id=second.member_id)
    with pytest.raises(scope.Denied), scope.api_token(token_bytes(made.text)):
        pass


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "", "role": "api_read", "days": "30"},
        {"name": "n" * 90, "role": "api_read", "days": "30"},
        {"name": "n", "role": "owner", "days": "30"},
        {"name": "n", "role": "api_read", "days": "0"},
        {"name": "n", "role": "api_read", "days": "9999999999999999999999"},
        {"name": "n\x00", "role": "api_read", "days": "30"},
        {},
    ],
)
def test_bad_token_input_is_refused(cast, typed):
    assert cast.olga.client().post(f"/o/{cast.a.slug}/settings/tokens/", typed).status_code == 400
    with cast.olga.bound():
        assert api_tokens() == ()


def test_a_token_of_another_organization_is_not_found(cast):
    with cast.olga.bound():
        made = new_api_token(name="ours", role="api_read", days=5)
    assert cast.mallory.client().post(f"/o/{cast.b.slug}/settings/tokens/{made.id}/revoke/").status_code == 404
    with cast.olga.bound():
        assert api_tokens()[0].state == "live"
        revoke_api_token(token_id=made.id)


# set-up


def test_the_set_up_page_lists_registered_steps_in_order_and_marks_the_next(cast, monkeypatch):
    monkeypatch.setattr(setup, "_steps", {})
    for key, order, done in (("b", 20, False), ("a", 10, True), ("c", 30, False)):
        setup.register_step(
            setup.SetupStep(
                key=key, title=f"Step {key}", text="…", url_name="settings", done=lambda done=done: done, order=order
            )
        )
    with cast.olga.bound():
        assert [(state.step.key, state.done, state.is_next) for state in setup.step_states()] == [
            ("a", True, False),
            ("b", False, True),
            ("c", False, False),
        ]
    page = cast.olga.client().get(f"/o/{cast.a.slug}/setup/").content.decode()
    assert page.index("Step a") < page.index("Step b") < page.index("Step c")


def test_the_zone_step_is_done_when_a_zone_was_chosen(cast):
    step = setup._steps["time_zone"]
    with cast.olga.bound():
        assert not step.done()
        set_time_zone(time_zone="Europe/Rome")
        assert step.done()


# activity


def test_what_the_gate_noted_is_copied_once_however_often_and_by_whom(cast):
    for person in (cast.olga, cast.bob, cast.olga):
        with person.bound():
            copy_events()
    with cast.olga.bound():
        joined = activity(action="member.joined", limit=100)
        assert len(joined) == 4
        assert {entry.subject for entry in joined} == {
            f"member:{person.member_id}" for person in (cast.olga, cast.alice, cast.bob, cast.vera)
        }
        ids = [entry.id for entry in activity(with_gate=True, limit=1000)]
        assert len(ids) == len(set(ids))
        assert copy_events() == 0


def test_reads_of_the_auditor_are_in_the_log(cast):
    with auditor_connection():
        client = cast.vera.client()
        assert client.get(f"/o/{cast.a.slug}/").status_code in {200, 404}
        with scope.session(cast.vera.token, cast.a.slug), connections["default"].cursor() as cursor:
            cursor.execute("select sec.note_read('page', '/o/x/controls/')")
    with cast.olga.bound():
        copy_events()
        read = activity(action="read.page")[0]
        assert (read.actor_id, read.actor_role) == (cast.vera.member_id, "auditor")
        assert read.detail == {"item": {"item": "/o/x/controls/"}}


def test_an_auditor_copies_nothing(cast):
    with cast.vera.bound():
        assert copy_events() == 0


def test_the_log_is_filtered_and_paged_without_gaps_or_repeats(cast):
    with cast.olga.bound():
        for number in range(25):
            record_activity("note.written", subject=f"note:{number}")
    with cast.olga.bound():
        seen, before = [], None
        while True:
            page = activity_page(action="note.written", before=before, limit=7)
            seen += [entry.subject for entry in page.entries]
            before = page.older
            if before is None:
                break
    assert seen == [f"note:{number}" for number in reversed(range(25))]
    with cast.olga.bound():
        assert [entry.subject for entry in activity(subject="note:3")] == ["note:3"]
        assert len(activity(subject="note:", limit=100)) == 25
        assert activity(action="note.", until=datetime.now(UTC) - timedelta(days=1)) == ()


def test_the_activity_page_ignores_what_it_does_not_understand_and_says_so(cast):
    client = cast.olga.client()
    base = f"/o/{cast.a.slug}/activity/"
    for query in (
        "?since=yesterday",
        "?who=not-an-id",
        "?before=%00|x",
        "?before=2026-01-01|x",
        "?colour=red",
        "?action=%00",
        "?subject=%27",
        "?until=9999-12-31",
        "?since=0001-01-01",
    ):
        assert client.get(base + query).status_code == 200, query
    assert "Not understood and left out: colour" in client.get(base + "?colour=red").content.decode()
    assert "No entry matches" in client.get(base + "?action=never.happened").content.decode()


def test_the_activity_page_of_one_organization_shows_nothing_of_another(cast):
    with cast.olga.bound():
        record_activity("note.written", subject="note:canary-4711")
    assert "canary-4711" in cast.olga.client().get(f"/o/{cast.a.slug}/activity/").content.decode()
    assert "canary-4711" not in cast.mallory.client().get(f"/o/{cast.b.slug}/activity/").content.decode()


def test_a_refused_act_leaves_no_entry(cast):
    cast.olga.client().post(f"/o/{cast.a.slug}/settings/members/{cast.olga.member_id}/remove/")
    with cast.olga.bound():
        assert activity(action="member.removed") == ()


def test_an_organization_that_mails_too_much_is_stopped_with_the_input_kept(cast):
    from allauth.account import app_settings
    from allauth.core import ratelimit
    from django.test import RequestFactory

    request = RequestFactory().post("/")
    for _mail in range(60):
        assert ratelimit.consume(request, action="organization_mail", key=str(cast.a.id))
    assert app_settings.RATE_LIMITS["organization_mail"] == "60/h/key"
    typed = {"email": "guest@example.test", "role": "viewer"}
    answer = cast.olga.client().post(f"/o/{cast.a.slug}/settings/members/invite/", typed)
    assert answer.status_code == 429
    assert "guest@example.test" in answer.content.decode()
    assert cast.olga.client().post(f"/o/{cast.a.slug}/settings/mail-test/").status_code == 429
    assert cast.mallory.client().post(f"/o/{cast.b.slug}/settings/mail-test/").status_code == 302
    assert [message.to for message in mail.outbox] == [[cast.mallory.email]]


def test_the_filter_of_the_log_offers_the_actions_that_occur(cast):
    from organizations.selectors.activity import actions

    with cast.olga.bound():
        for action in ("b.done", "a.done", "b.done", "c.done", "gate.membership.insert"):
            record_activity(action)
        assert actions() == ("a.done", "b.done", "c.done")
    with cast.mallory.bound():
        assert actions() == ()


def test_reading_the_log_takes_the_same_number_of_queries_however_long_it_is(cast):
    from django.test.utils import CaptureQueriesContext

    def queries():
        with cast.olga.bound(), CaptureQueriesContext(connections["default"]) as seen:
            activity_page(limit=50)
        return len(seen)

    with cast.olga.bound():
        record_activity("note.written")
    few = queries()
    with cast.olga.bound():
        for _entry in range(200):
            record_activity("note.written")
    assert queries() == few
