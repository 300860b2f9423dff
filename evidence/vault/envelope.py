"""The content of a record: the envelope (what was asked, what came with the answer) and the body.

content = u32 length of the envelope · envelope (JSON, sorted keys) · body as received
The commitment of the leaf is HMAC-SHA256(salt, content); it does not depend on the codec, so an
export may undo compression and still be checked.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from evidence.errors import PageTooLarge, SealBroken, SecretInEnvelope
from evidence.types import JSON, ReceivedPage

LARGEST_CONTENT = 64 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_VERSION = 1

KEPT_HEADERS = frozenset({"link", "date", "etag", "last-modified", "content-type", "retry-after", "x-request-id"})
KEPT_PREFIXES: tuple[str, ...] = (
    "x-amz-request-id",
    "x-amz-id-2",
    "x-amzn-requestid",
    "x-amz-bucket-region",
    "x-github-request-id",
    "x-okta-request-id",
    "x-ratelimit-",
    "x-rate-limit-",
    "ratelimit",
)
REFUSED_NAMES = frozenset(
    {"authorization", "cookie", "set-cookie", "x-amz-security-token", "x-amz-signature", "password", "secret", "token"}
)


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a record holds after decryption."""

    request: Mapping[str, JSON]
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    collector_version: str
    credential_identity: str
    counts: Mapping[str, int]
    known_at: datetime | None


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Only the response headers that security.md section 6 lists, with names in lower case."""
    lowered = {name.lower(): value for name, value in headers.items()}
    return {n: v for n, v in sorted(lowered.items()) if n in KEPT_HEADERS or n.startswith(KEPT_PREFIXES)}


def pack(page: ReceivedPage) -> bytes:
    """The content bytes of a received page.

    Raises SecretInEnvelope if the request line carries a credential by name, PageTooLarge over 64 MiB.
    """
    _refuse_secrets(page.request)
    envelope = {
        "v": _VERSION,
        "request": dict(page.request),
        "status": page.status,
        "headers": kept_headers(page.headers),
        "known_at": _text_time(page.known_at),
        "collector_version": page.collector_version,
        "credential_identity": page.credential_identity,
        "counts": dict(page.counts),
    }
    written = orjson.dumps(envelope, option=orjson.OPT_SORT_KEYS)
    size = _LENGTH.size + len(written) + len(page.body)
    if size > LARGEST_CONTENT:
        raise PageTooLarge(
            f"A page of {size} bytes is larger than one record may be.", what_to_do="Ask for fewer items per page."
        )
    return b"".join((_LENGTH.pack(len(written)), written, page.body))


def unpack(content: bytes) -> Content:
    """The inverse of :func:`pack`. Raises SealBroken if the bytes do not have this form."""
    try:
        (length,) = _LENGTH.unpack_from(content)
        envelope: dict[str, Any] = orjson.loads(content[_LENGTH.size : _LENGTH.size + length])
        if envelope["v"] == _VERSION:
            return _content(envelope, content[_LENGTH.size + length :])
    except (struct.error, ValueError, KeyError, TypeError) as error:
        problem: Exception | None = error
    else:
        problem = None
    raise SealBroken(
        "The decrypted record does not have the form of a record.",
        what_to_do="Run manage.py evidence_fsck and keep the file as it is.",
    ) from problem


def _content(envelope: Mapping[str, Any], body: bytes) -> Content:
    known_at = envelope["known_at"]
    return Content(
        request=envelope["request"],
        status=envelope["status"],
        headers=envelope["headers"],
        body=body,
        collector_version=envelope["collector_version"],
        credential_identity=envelope["credential_identity"],
        counts=envelope["counts"],
        known_at=datetime.fromisoformat(known_at) if known_at else None,
    )


def _text_time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _refuse_secrets(value: JSON) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if str(name).lower() in REFUSED_NAMES:
                raise SecretInEnvelope(
                    f"The request line of a page carries '{name}'.",
                    what_to_do="Leave credentials out of ReceivedPage.request; the record would keep them.",
                )
            _refuse_secrets(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _refuse_secrets(inner)
