"""GitHub's protocol around an answer: pages with Link headers, error bodies, ETag, the request budget. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Call:
    """One request as the routes see it; ``base`` is the address that the client used."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str


@dataclass(frozen=True)
class Reply:
    """An answer. ``headers`` may hold one name several times: each becomes a header line of its own."""

    status: int
    body: Any
    headers: tuple[tuple[str, str], ...] = field(default=())

    def raw(self) -> bytes:
        return b"" if self.status in (204, 304) else json.dumps(self.body, separators=(",", ":")).encode()


def refused(status: int, message: str, *headers: tuple[str, str], **more: Any) -> Reply:
    """An error in GitHub's shape."""
    body = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status), **more}
    return Reply(status, body, headers)


def paged(call: Call, items: Sequence[Any], *, path: str = "", split: bool = False, wrap: str = "") -> Reply:
    """One page of ``items``. GitHub links to the next page under the organization's number (``path``)."""
    size = max(1, min(100, _whole(call.query.get("per_page"), 30)))
    page = max(1, _whole(call.query.get("page"), 1))
    last = max(1, -(-len(items) // size))
    found = list(items[(page - 1) * size : page * size])

    def link(target: int, rel: str) -> str:
        query = urlencode({**call.query, "per_page": size, "page": target})
        return f'<{call.base}{path or call.path}?{query}>; rel="{rel}"'

    links = [link(page - 1, "prev"), link(1, "first")] if page > 1 else []
    links += [link(page + 1, "next"), link(last, "last")] if page < last else []
    lines = links if split else [", ".join(links)] if links else []
    body = {"total_count": len(items), wrap: found} if wrap else found
    return Reply(200, body, tuple(("Link", line) for line in lines))


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() else otherwise


def tagged(call: Call, reply: Reply) -> Reply:
    """The reply with its ETag; 304 without a body when the client has it already."""
    if reply.status != 200 or call.method != "GET":
        return reply
    tag = f'W/"{hashlib.sha256(reply.raw()).hexdigest()}"'
    if call.headers.get("if-none-match") == tag:
        return Reply(304, None, (("ETag", tag),))
    return Reply(200, reply.body, (*reply.headers, ("ETag", tag)))
