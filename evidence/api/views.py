"""Records of the token's organization: the same selectors as the pages."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from evidence.errors import RecordNotFound
from evidence.selectors import anchoring, open_record, record, records, verify_record
from evidence.types import JSON, Anchoring, RecordView, Verification
from organizations.api.door import ApiView
from organizations.api.parameters import CURSOR, LIMIT, BadParameter, Page, Parameter, decode_cursor, encode_cursor

LARGEST_SEQ = 2**53


@dataclass(frozen=True, kw_only=True)
class RecordAnswer:
    """A record with its decrypted content; ``body`` is base64 of the bytes as received."""

    record: RecordView
    request: dict[str, JSON]
    status: int
    headers: dict[str, str]
    body: str
    collector_version: str
    credential_identity: str
    counts: dict[str, int]


class Records(ApiView):
    """GET: records, newest first."""

    summary = "Sealed records, newest first"
    answer = Page[RecordView]
    parameters = (
        LIMIT,
        CURSOR,
        Parameter(name="stream", type=str, description="Only records of this stream, such as aws.iam.summary."),
        Parameter(name="since", type=datetime, description="Observed at this time or later."),
        Parameter(name="until", type=datetime, description="Observed before this time."),
    )

    def get(self, request: Request, slug: str) -> Response:
        """One page of records."""
        limit = self.values.get("limit", 50)
        found = records(
            stream=self.values.get("stream"),
            since=self.values.get("since"),
            until=self.values.get("until"),
            before=_before(self.values.get("cursor")),
            limit=limit + 1,
        )
        more = len(found) > limit
        following = encode_cursor({"before": found[limit - 1].seq}) if more else None
        return Response(Page(items=found[:limit], next=following))


class Record(ApiView):
    """GET: one record, decrypted."""

    summary = "One record with the answer as received"
    answer = RecordAnswer

    def get(self, request: Request, slug: str, seq: int) -> Response:
        """Envelope and body. A record whose bytes are damaged answers 4xx and says what to do."""
        _found(seq)
        opened = open_record(seq)
        return Response(
            RecordAnswer(
                record=opened.view,
                request=dict(opened.request),
                status=opened.status,
                headers=dict(opened.headers),
                body=base64.b64encode(opened.body).decode(),
                collector_version=opened.collector_version,
                credential_identity=opened.credential_identity,
                counts=dict(opened.counts),
            )
        )


class RecordVerification(ApiView):
    """GET: one record, verified now."""

    summary = "Verify one record up to the signed checkpoint"
    answer = Verification

    def get(self, request: Request, slug: str, seq: int) -> Response:
        """Every step with its result, the inclusion proof and the signed note."""
        _found(seq)
        return Response(verify_record(seq))


class Ledger(ApiView):
    """GET: the state of the organization's log."""

    summary = "How far the ledger is signed"
    answer = Anchoring

    def get(self, request: Request, slug: str) -> Response:
        """Size, signed size, and since when records wait for a signature."""
        return Response(anchoring())


def _found(seq: int) -> RecordView:
    if seq > LARGEST_SEQ:
        raise Http404
    try:
        return record(seq)
    except RecordNotFound as error:
        raise Http404 from error


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    before = decode_cursor(cursor).get("before")
    if type(before) is not int or not 0 <= before <= LARGEST_SEQ:
        raise BadParameter("This cursor is not one of ours.", what_to_do="Start again without it.")
    return before
