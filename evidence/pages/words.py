"""Words for people: what a stream is called, and how a body is shown as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHORT_NAMES = 4
SHOWN_BYTES = 512 * 1024
EXCERPT = 4 * 1024


def stream_title(key: str) -> str:
    """``aws.iam.credential_report`` → ``AWS IAM credential report``."""
    *system, last = key.split(".")
    names = [part.upper() if len(part) < SHORT_NAMES else part.replace("_", " ").title() for part in system]
    return " ".join((*names, last.replace("_", " ")))


@dataclass(frozen=True, kw_only=True)
class ShownText:
    """A body as text. ``text`` is None when the bytes are not text; ``cut`` when only the beginning is shown."""

    text: str | None
    cut: bool
    laid_out: bool = False


def as_received(body: bytes, *, limit: int = SHOWN_BYTES) -> ShownText:
    """The beginning of a body, unchanged, if it is UTF-8 text."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return ShownText(text=None, cut=False)
    if "\x00" in text:
        return ShownText(text=None, cut=False)
    return ShownText(text=text[:limit], cut=len(text) > limit)


def for_reading(body: bytes) -> ShownText:
    """An excerpt; JSON is laid out over lines, everything else stays as received."""
    plain = as_received(body, limit=EXCERPT)
    if plain.text is None or len(body) > SHOWN_BYTES:
        return plain
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return plain
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return ShownText(text=text[:EXCERPT], cut=len(text) > EXCERPT, laid_out=True)


def request_line(request: Mapping[str, Any]) -> str:
    """``POST iam.amazonaws.com/`` of an envelope's request."""
    host, path = str(request.get("host", "")), str(request.get("path", ""))
    return " ".join(part for part in (str(request.get("method", "")), f"{host}{path}") if part)


def request_parameters(request: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Everything else of the request, as (name, text) in order of names."""
    flat: dict[str, Any] = {}
    for name, value in request.items():
        if name in {"method", "path", "host"}:
            continue
        flat |= value if isinstance(value, Mapping) else {name: value}
    return [(str(name), value if isinstance(value, str) else json.dumps(value)) for name, value in sorted(flat.items())]
