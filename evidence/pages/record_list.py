from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evidence.pages.words import stream_title
from evidence.selectors import anchoring, records, streams_with_records
from organizations.permissions import READERS, allow

PAGE = 50
# ux.md section 4: "Waiting to be sealed" is the normal state of the first minutes.
LATE = timedelta(minutes=5)


@require_safe
@allow(READERS)
def records_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Newest records first; ``stream`` narrows, ``before`` pages. Six queries at any size."""
    stream = request.GET.get("stream", "")
    before = _number(request.GET.get("before", ""))
    known = streams_with_records()
    found = records(stream=stream or None, before=before, limit=PAGE + 1)
    shown, log = found[:PAGE], anchoring()
    here = reverse("records", args=(slug,))
    context = {
        "rows": [(row, stream_title(row.stream)) for row in shown],
        "streams": [(key, stream_title(key)) for key in known],
        "stream": stream,
        "log": log,
        "late": log.unanchored_since is not None and timezone.now() - log.unanchored_since > LATE,
        "records_url": here,
        "newest_url": _address(here, stream=stream) if before is not None else "",
        "older_url": _address(here, stream=stream, before=shown[-1].seq) if len(found) > PAGE else "",
    }
    return render(request, "evidence/records.html", context)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _address(here: str, **query: str | int) -> str:
    given = urlencode({name: value for name, value in query.items() if value != ""})
    return f"{here}?{given}" if given else here
