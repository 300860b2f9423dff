"""The organization and its people."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from organizations.api.door import ApiView
from organizations.api.parameters import Page
from organizations.selectors import members, organization
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
