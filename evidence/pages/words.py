"""Words for people: what a stream is called, and how a body is shown as text."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHORT_NAMES = 4
SHOWN_BYTES = 512 * 1024
EXCERPT = 8 * 1024
DEEPEST = 20
_TOKENS = re.compile(r"<[^<>]*>|[^<>]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{64,}={0,2}")


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
    """An excerpt; JSON and XML are laid out over lines, everything else stays as received."""
    plain = as_received(body, limit=EXCERPT)
    if not plain.text or len(body) > SHOWN_BYTES:
        return plain
    whole = body.decode("utf-8")
    lay_out = {"{": _json_lines, "[": _json_lines, "<": _xml_lines}.get(whole.lstrip()[:1])
    text = lay_out(whole) if lay_out else None
    if text is None:
        return plain
    return ShownText(text=text[:EXCERPT], cut=len(text) > EXCERPT, laid_out=True)


def _json_lines(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None


def _xml_lines(text: str) -> str:
    """Elements on lines of their own, indented by depth. Text is only moved: nothing is parsed, no entity expanded."""
    tokens = [token for token in _TOKENS.findall(text) if token.strip()]
    lines: list[str] = []
    depth = at = 0
    while at < len(tokens):
        token, after = tokens[at], tokens[at + 1 : at + 3]
        depth -= token.startswith("</")
        margin = "  " * max(0, min(depth, DEEPEST))
        if _opens(token) and len(after) == 2 and not after[0].startswith("<") and after[1].startswith("</"):
            lines.append(f"{margin}{token}{_readable(after[0], margin)}{after[1]}")
            at += 3
            continue
        lines.append(margin + token.strip())
        depth += _opens(token)
        at += 1
    return "\n".join(lines)


def _opens(token: str) -> bool:
    return token.startswith("<") and token[1:2] not in {"/", "?", "!"} and not token.endswith("/>")


def _readable(text: str, margin: str) -> str:
    """Long base64 with text inside (a credential report) becomes that text."""
    if not _BASE64.fullmatch(text):
        return text
    try:
        decoded = base64.b64decode(text, validate=True).decode("utf-8")
    except ValueError:
        return text
    lines = decoded.splitlines()
    if not all(line.isprintable() for line in lines):
        return text
    return "".join(f"\n{margin}  {line}" for line in lines) + f"\n{margin}"


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
