"""Connections, their pulls and their tests; from the same selectors as the pages."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from integrations import selectors, services
from integrations.types import ConnectionView, ProbeView, PullView
from organizations.api.door import ApiView
from organizations.api.parameters import CURSOR, LIMIT, BadParameter, Page, Parameter, decode_cursor, encode_cursor
from organizations.roles import API_WRITERS

_STREAM = Parameter(name="stream", type=str, description="One stream, for example aws.s3.buckets.")


class Connections(ApiView):
    """GET: every connection with its streams."""

    summary = "Connections and how completely each stream is read"
    answer = Page[ConnectionView]

    def get(self, request: Request, slug: str) -> Response:
        """All of them on one page: an organization has tens."""
        return Response(Page(items=selectors.connections(), next=None))


class Connection(ApiView):
    """GET: one connection."""

    summary = "One connection"
    answer = ConnectionView

    def get(self, request: Request, slug: str, connection_id: UUID) -> Response:
        """Its streams, their newest and their newest complete pull."""
        return Response(selectors.connection(connection_id))


class Pulls(ApiView):
    """GET: pulls of one connection."""

    summary = "Pulls, newest first"
    answer = Page[PullView]
    parameters = (_STREAM, LIMIT, CURSOR)

    def get(self, request: Request, slug: str, connection_id: UUID) -> Response:
        """Failed, partial and deferred ones included."""
        selectors.connection(connection_id)
        limit = min(self.values.get("limit", 50), 100)
        found = selectors.pulls(connection_id, stream=self.values.get("stream", ""), before=self._before(), limit=limit)
        following = encode_cursor({"before": found[-1].id}) if len(found) == limit else None
        return Response(Page(items=found, next=following))

    def _before(self) -> UUID | None:
        if "cursor" not in self.values:
            return None
        try:
            return UUID(str(decode_cursor(self.values["cursor"]).get("before")))
        except ValueError:
            raise BadParameter("This cursor is not one of ours.", what_to_do="Start again without it.") from None


class PullNow(ApiView):
    """POST: read a stream, or every stream, now."""

    summary = "Ask for a pull; it starts within two seconds"
    answer = ConnectionView
    allowed_roles = API_WRITERS
    parameters = (_STREAM,)

    def post(self, request: Request, slug: str, connection_id: UUID) -> Response:
        """202 with the connection; its streams say when they were read."""
        services.pull_now(connection_id, self.values.get("stream", ""))
        return Response(selectors.connection(connection_id), status=202)


class Test(ApiView):
    """GET: the newest test."""

    summary = "What the credential could do at the newest test"
    answer = ProbeView

    def get(self, request: Request, slug: str, connection_id: UUID) -> Response:
        """`at` is null before the first test; `running` says that one is on its way."""
        selectors.connection(connection_id)
        return Response(selectors.probe(connection_id))
