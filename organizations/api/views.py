"""The organization and its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from organizations.api.door import ApiView
from organizations.api.parameters import CURSOR, LIMIT, Page, Parameter, decode_cursor, encode_cursor
from organizations.selectors import members, organization
from organizations.selectors.activity import ActivityView, activity_page
from organizations.selectors.invitations import InvitationView, invitations
from organizations.services.copy_events import copy_events
from organizations.setup import step_states
from organizations.types import MemberView, OrganizationView


class Organization(ApiView):
    """GET: the organization of the token."""

    summary = "The organization of the token"
    answer = OrganizationView

    def get(self, request: Request, slug: str) -> Response:
        """Name, time zone, and whether it is simulated."""
        return Response(organization())


class Members(ApiView):
    """GET: everyone who is or was a member."""

    summary = "Members, past and present"
    answer = Page[MemberView]

    def get(self, request: Request, slug: str) -> Response:
        """All of them on one page: an organization has tens."""
        return Response(Page(items=members(), next=None))


class Invitations(ApiView):
    """GET: the last invitations, used and withdrawn ones too."""

    summary = "Invitations, newest first"
    answer = Page[InvitationView]

    def get(self, request: Request, slug: str) -> Response:
        """At most the last 200, on one page; never a secret."""
        return Response(Page(items=invitations(), next=None))


@dataclass(frozen=True, kw_only=True)
class SetupStepView:
    """One step of the set-up and whether it is done."""

    key: str
    title: str
    done: bool
    is_next: bool


class SetupSteps(ApiView):
    """GET: the steps of the set-up."""

    summary = "Steps of the set-up and which one is next"
    answer = Page[SetupStepView]

    def get(self, request: Request, slug: str) -> Response:
        """All steps in their order, on one page."""
        found = [
            SetupStepView(key=one.step.key, title=str(one.step.title), done=one.done, is_next=one.is_next)
            for one in step_states()
        ]
        return Response(Page(items=found, next=None))


class ActivityLog(ApiView):
    """GET: the activity log."""

    summary = "Activity log, newest first"
    answer = Page[ActivityView]
    parameters = (
        Parameter(name="action", type=str, description="An action, or a noun ending in a dot: `member.`"),
        Parameter(name="subject", type=str, description="What was acted on: `member:<id>`, or `member:` for all."),
        Parameter(name="actor", type=UUID, description="Id of the member, token or connection that acted."),
        Parameter(name="since", type=datetime, description="From this time on, included."),
        Parameter(name="until", type=datetime, description="Up to this time, excluded."),
        Parameter(name="gate", type=str, description="`yes`: with the database's own notes.", choices=("yes", "no")),
        LIMIT,
        CURSOR,
    )

    def get(self, request: Request, slug: str) -> Response:
        """One page; a token that may write takes over first what the gate noted by itself."""
        copy_events()
        asked = self.values
        page = activity_page(
            action=asked.get("action"),
            subject=asked.get("subject"),
            actor_id=asked.get("actor"),
            since=asked.get("since"),
            until=asked.get("until"),
            with_gate=asked.get("gate") == "yes",
            before=str(decode_cursor(asked["cursor"]).get("before")) if "cursor" in asked else None,
            limit=asked.get("limit", 50),
        )
        following = encode_cursor({"before": page.older}) if page.older else None
        return Response(Page(items=page.entries, next=following))
