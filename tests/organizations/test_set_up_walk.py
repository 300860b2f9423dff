"""A real organization is set up in pages: each step is the one that the set-up page proposes next."""

from __future__ import annotations

import re
from datetime import date, timedelta

from accounts.services import open_session
from organizations import scope
from organizations.setup import step_states
from tests.accounts.people import a_person, browser
from tests.cast import make_organization
from tests.organizations.test_people import carry


def next_step(client, slug):
    """Key and path of the step that the page shows as the next one."""
    page = client.get(f"/o/{slug}/setup/").content.decode()
    found = re.search(r'<a class="btn sm primary" href="([^"]+)"', page)
    return found[1] if found else None


def test_a_new_organization_is_led_from_founding_to_its_first_connection():
    person = a_person()
    token = open_session(person_id=person.id, factors=("password", "totp"))
    client = carry(browser(), token)
    slug = f"walk-{person.id.hex[:8]}"
    founded = client.post("/account/found/", {"name": "Walk Ltd", "slug": slug, "time_zone": "Europe/Lisbon"})
    assert founded["Location"] == f"/o/{slug}/setup/"

    assert next_step(client, slug) == f"/o/{slug}/window/"
    today = date.today()
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=90)).isoformat()}
    assert client.post(f"/o/{slug}/window/", days).status_code == 302

    assert next_step(client, slug) == f"/o/{slug}/controls/adopt/"
    page = client.get(f"/o/{slug}/controls/adopt/").content.decode()
    keys = re.findall(r'name="keys"[^>]*value="([^"]+)"', page)[:3]
    assert len(keys) == 3
    assert client.post(f"/o/{slug}/controls/adopt/", {"keys": keys}).status_code == 302

    assert next_step(client, slug) == f"/o/{slug}/controls/owners/"
    with scope.session(token, slug) as bound:
        me = str(bound.actor_id)
    assert client.post(f"/o/{slug}/controls/owners/", {"keys": keys, "owner": me}).status_code == 302

    assert next_step(client, slug) == f"/o/{slug}/connect/"
    typed = {"name": "Production", "region": "eu-central-1", "role_arn": "arn:aws:iam::310000000101:role/AttestryAudit"}
    assert client.post(f"/o/{slug}/connect/", typed).status_code == 302

    assert next_step(client, slug) == f"/o/{slug}/connections/"
    with scope.session(token, slug):
        assert [(state.step.key, state.done) for state in step_states()] == [
            ("time_zone", True),
            ("window", True),
            ("adopt", True),
            ("owners", True),
            ("connect", True),
            ("first-pull", False),
        ]
    assert client.get(f"/o/{slug}/").status_code == 200
    page = client.get(f"/o/{slug}/activity/").content.decode()
    for words in ("organization founded", "member joined", "connection"):
        assert words in page, words


def test_an_owned_control_is_named_before_its_owner_is_removed(cast):
    page = cast.olga.client().get(f"/o/{cast.a.slug}/controls/adopt/").content.decode()
    key = re.search(r'name="keys"[^>]*value="([^"]+)"', page)[1]
    typed = {"keys": [key], "owner": str(cast.bob.member_id)}
    assert cast.olga.client().post(f"/o/{cast.a.slug}/controls/adopt/", typed).status_code == 302
    page = cast.olga.client().get(f"/o/{cast.a.slug}/settings/members/{cast.bob.member_id}/remove/").content.decode()
    assert key in page


def test_viewers_see_the_steps_without_buttons():
    from tests.cast import join

    organization = make_organization()
    viewer = join(organization, "Vic", "viewer")
    page = viewer.client().get(f"/o/{organization.slug}/setup/").content.decode()
    assert "Set the observation window" in page
    assert next_step(viewer.client(), organization.slug) is None
