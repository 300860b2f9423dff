"""Addresses of this room below `/o/<slug>/`."""

from __future__ import annotations

from django.urls import path

from organizations.pages import activity, people, settings, tokens

urlpatterns = [
    path("setup/", settings.setup, name="setup"),
    path("settings/", settings.settings, name="settings"),
    path("settings/mail-test/", settings.test_mail, name="mail-test"),
    path("settings/members/", people.people, name="members"),
    path("settings/members/invite/", people.invite_person, name="invite"),
    path("settings/members/<uuid:member_id>/", people.change, name="member"),
    path("settings/members/<uuid:member_id>/remove/", people.remove, name="remove-member"),
    path("settings/invitations/<uuid:invitation_id>/withdraw/", people.withdraw, name="withdraw-invitation"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revoke/", tokens.revoke, name="revoke-token"),
    path("activity/", activity.activity, name="activity"),
]
