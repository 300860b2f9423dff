"""Founding, inviting, accepting, changing roles, removing: at the pages, with the real database."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts import selectors as accounts
from accounts.services import open_session
from organizations import scope
from organizations.errors import NotFound
from organizations.selectors import members, organization
from organizations.selectors.activity import activity
from organizations.selectors.invitations import invitations
from organizations.services import handover
from organizations.services.copy_events import copy_events
from organizations.services.found import found_organization
from organizations.services.invite import accept, invite, withdraw_invitation
from organizations.services.members import change_role, remove_member
from organizations.services.refusals import Conflict, LastOwner, NotAllowed, WrongInput
from tests.accounts.people import PASSWORD, a_person, browser
from tests.cast import auditor_connection, join, make_organization

SOON = datetime.now(UTC) + timedelta(days=20)


def strong_token(person):
    return open_session(person_id=person.id, factors=("password", "totp"))


def carry(client, token):
    from django.conf import settings

    from accounts.selectors.sessions import cookie_value

    client.cookies[settings.SESSION_TOKEN_COOKIE] = cookie_value(token)
    return client


def mailed_path(email):
    sent = [message for message in mail.outbox if message.to == [email]]
    return re.findall(r"https?://[^/\s]+(/account/accept/\S+)", sent[-1].body)[-1]


# founding


def test_a_person_founds_an_organization_and_is_led_to_its_set_up():
    person = a_person()
    client = carry(browser(), strong_token(person))
    slug = f"f-{person.id.hex[:8]}"
    typed = {"name": "Founded Ltd", "slug": slug, "time_zone": "Europe/Berlin"}
    answer = client.post("/account/found/", typed)
    assert answer["Location"] == f"/o/{slug}/setup/"
    with scope.session(strong_token(person), slug) as bound:
        assert bound.role == "owner"
        assert organization().time_zone == "Europe/Berlin"
        assert [one.email for one in members()] == [person.email]
        assert "organization.founded" in {entry.action for entry in activity()}
    assert client.get(f"/o/{slug}/setup/").status_code == 200


def test_founding_asks_for_a_second_factor_first():
    person = a_person()
    client = carry(browser(), open_session(person_id=person.id, factors=("password",)))
    assert client.get("/account/found/")["Location"] == "/account/security/authenticator/"
    with pytest.raises(NotAllowed):
        found_organization(token=open_session(person_id=person.id, factors=("password",)), name="Never")


def test_a_taken_or_bad_address_is_refused_with_the_input_kept():
    person = a_person()
    client = carry(browser(), strong_token(person))
    taken = make_organization()
    for slug, status in ((taken.slug, 409), ("Ümlaut!", 400), ("x", 400)):
        answer = client.post("/account/found/", {"name": "Second Try", "slug": slug, "time_zone": "UTC"})
        assert answer.status_code == status, slug
        assert "Second Try" in answer.content.decode()
    for typed in ({"name": "", "time_zone": "UTC"}, {"name": "N", "time_zone": "Mars/Olympus"}):
        assert client.post("/account/found/", typed).status_code == 400


# inviting and accepting


def test_an_invitation_is_mailed_shown_to_nobody_and_accepted_once(cast):
    guest = a_person()
    client = cast.olga.client()
    answer = client.post(
        f"/o/{cast.olga.slug}/settings/members/invite/", {"email": guest.email.upper(), "role": "engineer"}
    )
    assert answer.status_code == 302
    page = client.get(f"/o/{cast.olga.slug}/settings/members/").content.decode()
    assert guest.email in page
    assert "/account/accept/" not in page
    path = mailed_path(guest.email)
    guest_client = carry(browser(), strong_token(guest))
    for _scanner in range(2):
        assert guest_client.get(path).status_code == 200
        assert browser().get(path).status_code == 200
    assert accounts.organizations_of(strong_token(guest)) == ()
    assert guest_client.post(path)["Location"] == f"/o/{cast.olga.slug}/"
    assert [entry.role for entry in accounts.organizations_of(strong_token(guest))] == ["engineer"]
    assert guest_client.post(path).status_code == 410
    with cast.olga.bound():
        copy_events()
        assert {"invitation.sent", "member.joined", "invitation.used"} <= {entry.action for entry in activity()}


def test_the_wrong_person_is_told_and_nothing_is_used(cast):
    guest, other = a_person(), a_person()
    with cast.olga.bound():
        made = invite(email=guest.email, role="viewer")
    path = made.link.split("//", 1)[1].partition("/")[2]
    client = carry(browser(), strong_token(other))
    answer = client.post("/" + path)
    assert answer.status_code == 403
    assert other.email in answer.content.decode()
    with pytest.raises(WrongInput):
        accept(token=strong_token(other), secret=made.secret)
    assert accept(token=strong_token(guest), secret=made.secret) == cast.olga.slug


def test_an_invited_stranger_creates_an_account_from_the_link_without_another_mail(cast):
    email = "stranger." + a_person().email
    with cast.olga.bound():
        made = invite(email=email, role="viewer")
    path = "/" + made.link.split("//", 1)[1].partition("/")[2]
    client = browser()
    page = client.get(path).content.decode()
    sign_up = re.search(r'href="(/account/sign-up/[^"]+)"', page)[1]
    form = client.get(sign_up).content.decode()
    assert email in form
    typed = {"name": "Sam Stranger", "email": "someone.else@example.test", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(sign_up, typed)
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == path
    assert client.post(path)["Location"] == f"/o/{cast.olga.slug}/"
    with cast.olga.bound():
        assert ("Sam Stranger", email, "viewer") in {(one.name, one.email, one.role) for one in members()}
    assert accounts.find_person("someone.else@example.test") is None
    assert not EmailAddress.objects.filter(email="someone.else@example.test").exists()


def test_a_withdrawn_a_changed_and_an_old_link_are_gone(cast):
    guest = a_person()
    with cast.olga.bound():
        made = invite(email=guest.email, role="viewer")
        withdraw_invitation(invitation_id=made.id)
    path = "/" + made.link.split("//", 1)[1].partition("/")[2]
    assert browser().get(path).status_code == 410
    assert browser().get(path[:-5] + "AAAA/").status_code == 410
    assert browser().get("/account/accept/" + "A" * 60 + "/").status_code == 410
    with pytest.raises(WrongInput):
        accept(token=strong_token(guest), secret=made.secret)


def test_the_last_of_two_invitations_counts(cast):
    guest = a_person()
    with cast.olga.bound():
        first = invite(email=guest.email, role="viewer")
    with cast.olga.bound():
        second = invite(email=guest.email, role="engineer")
        assert [one.role for one in invitations() if one.open] == ["engineer"]
    with pytest.raises(WrongInput):
        accept(token=strong_token(guest), secret=first.secret)
    accept(token=strong_token(guest), secret=second.secret)
    with cast.olga.bound(), pytest.raises(Conflict):
        invite(email=guest.email, role="viewer")


def test_an_auditor_is_invited_with_an_end_only(cast):
    with cast.alice.bound(), pytest.raises(WrongInput):
        invite(email="auditor@example.test", role="auditor")
    with cast.alice.bound(), pytest.raises(WrongInput):
        invite(email="auditor@example.test", role="auditor", until=datetime.now(UTC) - timedelta(days=1))
    client = cast.alice.client()
    typed = {"email": "auditor@example.test", "role": "auditor"}
    answer = client.post(f"/o/{cast.a.slug}/settings/members/invite/", typed)
    assert answer.status_code == 400
    assert "needs an end" in answer.content.decode()
    assert "auditor@example.test" in answer.content.decode()
    last_day = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    assert client.post(f"/o/{cast.a.slug}/settings/members/invite/", typed | {"until": last_day}).status_code == 302


# roles


@pytest.mark.parametrize(
    ("inviter", "role", "allowed"),
    [
        ("olga", "owner", True),
        ("olga", "security_owner", True),
        ("olga", "engineer", True),
        ("olga", "viewer", True),
        ("olga", "auditor", True),
        ("alice", "owner", False),
        ("alice", "security_owner", False),
        ("alice", "engineer", True),
        ("alice", "viewer", True),
        ("alice", "auditor", True),
        ("bob", "owner", False),
        ("bob", "engineer", False),
        ("bob", "viewer", False),
        ("bob", "auditor", False),
    ],
)
def test_who_may_invite_whom(cast, inviter, role, allowed):
    person = getattr(cast, inviter)
    until = SOON if role == "auditor" else None
    if allowed:
        with person.bound():
            assert invite(email="guest@example.test", role=role, until=until).secret
    else:
        with person.bound(), pytest.raises(NotAllowed):
            invite(email="guest@example.test", role=role, until=until)


def test_pages_that_change_people_are_closed_to_engineers_viewers_and_auditors(cast):
    viewer = join(cast.a, "Vic", "viewer")
    slug = cast.a.slug
    paths = (
        f"/o/{slug}/settings/members/invite/",
        f"/o/{slug}/settings/members/{cast.alice.member_id}/",
        f"/o/{slug}/settings/members/{cast.alice.member_id}/remove/",
        f"/o/{slug}/settings/tokens/",
    )
    for person in (cast.bob, viewer):
        for path in paths:
            assert person.client().get(path).status_code == 403
            assert person.client().post(path, {}).status_code == 403
    assert cast.bob.client().get(f"/o/{slug}/settings/members/").status_code == 200
    assert cast.bob.client().post(f"/o/{slug}/settings/", {"name": "X", "time_zone": "UTC"}).status_code == 403
    with auditor_connection():
        for path in (*paths, f"/o/{slug}/settings/members/", f"/o/{slug}/activity/", f"/o/{slug}/setup/"):
            assert cast.vera.client().get(path).status_code == 403


def test_a_role_is_changed_and_counts_at_once(cast):
    slug = cast.a.slug
    client = cast.olga.client()
    path = f"/o/{slug}/settings/members/{cast.bob.member_id}/"
    assert client.get(path).status_code == 200
    answer = client.post(path, {"role": "viewer", "was": "engineer"})
    assert answer.status_code == 302
    with cast.bob.bound() as bound:
        assert bound.role == "viewer"
    with cast.olga.bound():
        entry = activity(action="member.role_changed")[0]
        assert (entry.detail["from"], entry.detail["to"]) == ("engineer", "viewer")
        assert entry.actor_id == cast.olga.member_id


def test_the_later_of_two_tabs_is_told(cast):
    client = cast.olga.client()
    path = f"/o/{cast.a.slug}/settings/members/{cast.bob.member_id}/"
    assert client.post(path, {"role": "viewer", "was": "engineer"}).status_code == 302
    late = client.post(path, {"role": "security_owner", "was": "engineer"})
    assert late.status_code == 409
    assert "changed meanwhile" in late.content.decode()
    with cast.bob.bound() as bound:
        assert bound.role == "viewer"


def test_a_security_owner_touches_neither_owners_nor_itself(cast):
    with cast.alice.bound(), pytest.raises(NotAllowed):
        change_role(member_id=cast.alice.member_id, role="owner")
    with cast.alice.bound(), pytest.raises(NotAllowed):
        change_role(member_id=cast.olga.member_id, role="viewer")
    with cast.alice.bound(), pytest.raises(NotAllowed):
        remove_member(member_id=cast.olga.member_id)
    client = cast.alice.client()
    assert client.get(f"/o/{cast.a.slug}/settings/members/{cast.olga.member_id}/remove/").status_code == 403


def test_the_last_owner_stays(cast):
    with cast.olga.bound(), pytest.raises(LastOwner):
        remove_member(member_id=cast.olga.member_id)
    answer = cast.olga.client().post(f"/o/{cast.a.slug}/settings/members/{cast.olga.member_id}/remove/")
    assert answer.status_code == 409
    assert "keeps one owner" in answer.content.decode()
    with cast.olga.bound() as bound:
        assert bound.role == "owner"


def test_nobody_becomes_an_auditor_by_a_change_of_role(cast):
    with cast.olga.bound(), pytest.raises(WrongInput):
        change_role(member_id=cast.bob.member_id, role="auditor", until=SOON)
    with cast.olga.bound(), pytest.raises(WrongInput):
        change_role(member_id=cast.vera.member_id, role="engineer")
    with cast.olga.bound():
        change_role(member_id=cast.vera.member_id, role="auditor", until=SOON)


# removing


def test_removing_a_member_ends_the_access_at_once_and_lists_what_is_left(cast, monkeypatch):
    monkeypatch.setattr(handover, "_providers", [])
    handover.register(lambda member_id: (handover.HandoverItem(kind="control", label=f"AC-04 {member_id}", url="/x/"),))
    bob = cast.bob.client()
    assert bob.get(f"/o/{cast.a.slug}/settings/members/").status_code == 200
    client = cast.olga.client()
    path = f"/o/{cast.a.slug}/settings/members/{cast.bob.member_id}/remove/"
    before = client.get(path).content.decode()
    assert f"AC-04 {cast.bob.member_id}" in before
    after = client.post(path)
    assert after.status_code == 200
    assert f"AC-04 {cast.bob.member_id}" in after.content.decode()
    assert bob.get(f"/o/{cast.a.slug}/settings/members/").status_code == 404
    assert accounts.person_of(cast.bob.token) is not None
    assert client.post(path).status_code == 409
    with cast.olga.bound():
        entry = activity(action="member.removed")[0]
        assert entry.detail["to_hand_over"] == [f"control AC-04 {cast.bob.member_id}"]
        past = next(one for one in members() if one.id == cast.bob.member_id)
        assert not past.active


def test_a_removed_member_comes_back_under_the_same_id(cast):
    with cast.olga.bound():
        remove_member(member_id=cast.bob.member_id)
    with cast.olga.bound():
        made = invite(email=cast.bob.email, role="viewer")
    EmailAddress.objects.create(user_id=cast.bob.user_id, email=cast.bob.email, primary=True, verified=True)
    accept(token=cast.bob.token, secret=made.secret)
    with cast.bob.bound() as bound:
        assert (bound.actor_id, bound.role) == (cast.bob.member_id, "viewer")


def test_members_and_invitations_of_another_organization_are_not_found(cast):
    mallory = cast.mallory.client()
    slug = cast.b.slug
    with cast.olga.bound():
        made = invite(email="guest@example.test", role="viewer")
    for path in (
        f"/o/{slug}/settings/members/{cast.bob.member_id}/",
        f"/o/{slug}/settings/members/{cast.bob.member_id}/remove/",
        f"/o/{slug}/settings/invitations/{made.id}/withdraw/",
    ):
        assert mallory.post(path, {"role": "viewer", "was": "engineer"}).status_code == 404
    for path in ("", "settings/", "settings/members/", "activity/", "setup/"):
        assert mallory.get(f"/o/{cast.a.slug}/{path}").status_code == 404
    with cast.mallory.bound(), pytest.raises(NotFound):
        remove_member(member_id=cast.bob.member_id)
    with cast.olga.bound():
        assert [one.open for one in invitations() if one.id == made.id] == [True]


# second factor


def test_an_owner_without_second_factor_is_led_to_set_one_up_and_then_enters(cast):
    import re as regular

    from accounts.services.second_factor import current_code

    person = a_person()
    with cast.olga.bound():
        made = invite(email=person.email, role="owner")
    accept(token=strong_token(person), secret=made.secret)
    client = browser()
    answer = client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer["Location"] == "/account/second-factor/"
    assert client.get(f"/o/{cast.a.slug}/settings/")["Location"] == "/account/second-factor/"
    assert "Set up an authenticator app" in client.get("/account/second-factor/").content.decode()
    page = client.get("/account/security/authenticator/").content.decode()
    setup = regular.search(r'name="setup" value="([^"]+)"', page)[1]
    secret = regular.search(r"<code class=\"mono\">([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    client.post(
        "/account/security/authenticator/", {"setup": setup, "password": PASSWORD, "code": current_code(secret)}
    )
    assert client.get(f"/o/{cast.a.slug}/settings/").status_code == 200


def test_an_engineer_needs_no_second_factor(cast):
    person = a_person()
    with cast.olga.bound():
        made = invite(email=person.email, role="engineer")
    accept(token=strong_token(person), secret=made.secret)
    client = browser()
    answer = client.post("/account/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer["Location"] == "/"
    assert client.get("/")["Location"] == f"/o/{cast.a.slug}/"
    assert client.get(f"/o/{cast.a.slug}/settings/").status_code == 200


def test_nobody_accepts_an_invitation_with_an_unverified_address(cast):
    person = a_person(verified=False)
    with cast.olga.bound():
        made = invite(email=person.email, role="viewer")
    with pytest.raises(WrongInput, match="not verified"):
        accept(token=strong_token(person), secret=made.secret)
    with cast.olga.bound():
        assert [one.open for one in invitations() if one.id == made.id] == [True]
