from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from evidence.errors import DoesNotMatch, EvidenceError, RecordNotFound
from evidence.pages.words import as_received, for_reading, request_line, request_parameters, stream_title
from evidence.selectors import open_record, record, verify_record
from evidence.types import OpenedRecord, RecordView, Verification
from organizations.permissions import READERS, allow

LARGEST_SEQ = 2**53


@require_safe
@allow(READERS)
def record_page(request: HttpRequest, slug: str, seq: int) -> HttpResponse:
    """One record: what was asked and answered, its seal, and with ``?verify=1`` every step up to the signature."""
    view = _found(seq)
    opened, problem = _opened(seq)
    verification = verify_record(seq) if "verify" in request.GET else None
    context = {
        "record": view,
        "title": stream_title(view.stream),
        "opened": opened,
        "problem": problem.user_message if problem else "",
        "asked": request_line(opened.request) if opened else "",
        "parameters": request_parameters(opened.request) if opened else [],
        "headers": sorted(opened.headers.items()) if opened else [],
        # By the view: in a template `counts.items` would find a count called "items".
        "counts": sorted(opened.counts.items()) if opened else [],
        "content": for_reading(opened.body) if opened else None,
        "verification": verification,
        "mismatch": view.state == "mismatch" or isinstance(problem, DoesNotMatch) or _failed(verification),
        "records_url": reverse("records", args=(slug,)),
        "raw_url": reverse("record-raw", args=(slug, seq)),
        "connection_url": _connection_url(slug, view),
    }
    return render(request, "evidence/record.html", context)


@require_safe
@allow(READERS)
def raw_page(request: HttpRequest, slug: str, seq: int) -> HttpResponse:
    """The body as received: escaped text on a page, or with ``?download=1`` the bytes as an attachment."""
    view = _found(seq)
    opened, problem = _opened(seq)
    matches = view.state != "mismatch"
    # What does not match its seal is shown as such and never handed out as evidence (ux.md section 4).
    if opened is not None and matches and "download" in request.GET:
        return _attachment(view, opened.body)
    context = {
        "record": view,
        "title": stream_title(view.stream),
        "opened": opened,
        "problem": problem.user_message if problem else "",
        "matches": matches,
        "shown": as_received(opened.body) if opened else None,
        "records_url": reverse("records", args=(slug,)),
        "record_url": reverse("record", args=(slug, seq)),
    }
    return render(request, "evidence/raw.html", context)


def _attachment(view: RecordView, body: bytes) -> HttpResponse:
    """Bytes of a foreign system never run in our origin: no type to sniff, a sandbox, never inline."""
    response = HttpResponse(body, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="record-{view.seq}.bin"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _found(seq: int) -> RecordView:
    if seq > LARGEST_SEQ:
        raise Http404
    try:
        return record(seq)
    except RecordNotFound as error:
        raise Http404 from error


def _opened(seq: int) -> tuple[OpenedRecord | None, EvidenceError | None]:
    """The decrypted record, or why it does not open: the page still shows leaf and seal."""
    try:
        return open_record(seq), None
    except EvidenceError as error:
        return None, error


def _failed(verification: Verification | None) -> bool:
    return verification is not None and any(step.ok is False for step in verification.steps)


def _connection_url(slug: str, view: RecordView) -> str:
    """The page of the connection that read this; another room's, so by name and only if it is there."""
    if view.connection_id is None:
        return ""
    try:
        return reverse("connection", args=(slug, view.connection_id))
    except NoReverseMatch:
        return ""
