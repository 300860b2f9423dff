"""Reads AWS's XML answers from the sealed bytes. Pure.

Every reader returns the value or the marker ``{"unknown": reason}``; nothing has a default.
Answers are hostile until shown otherwise: a document type, deep nesting, another encoding than UTF-8 and
NUL are refused before any parser expands anything.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime

from integrations.connectors.contract import Answer, SealedAnswer, unknown
from integrations.errors import Garbage

MAXIMUM_DEPTH = 64
_ENCODING = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)


def refuse_hostile(body: bytes) -> None:
    """Raises Garbage for bytes that no honest AWS answer has and that attack parsers."""
    encoding = _ENCODING.match(body[:300])
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise _garbage() from None
    if b"\x00" in body or b"<!DOCTYPE" in body or b"<!ENTITY" in body or (encoding and encoding[1].lower() != b"utf-8"):
        raise _garbage()


class _Builder(ET.TreeBuilder):
    """Drops namespaces, bounds the depth, refuses a document type."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise _garbage()

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise _garbage()
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._depth -= 1
        return super().end(tag.rpartition("}")[2])


def document(answer: Answer) -> ET.Element:
    """The root element of an answer. Raises Garbage when the body is not the XML that AWS documents."""
    refuse_hostile(answer.body)
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 - document types, entities and depth are refused above
    try:
        parser.feed(answer.body)
        root = parser.close()
    except ET.ParseError:
        raise _garbage() from None
    if not isinstance(root, ET.Element):
        raise _garbage()
    return root


def error_code(answer: Answer) -> str:
    """The error code of a refusal (``AccessDenied``), or an empty text for a success or an unreadable one."""
    if answer.status < 300:
        return ""
    try:
        root = document(answer)
    except Garbage:
        return f"HTTP {answer.status}"
    return (root.findtext(".//Code") or f"HTTP {answer.status}").strip()


def last_of_each_call(answers: list[SealedAnswer] | tuple[SealedAnswer, ...]) -> list[SealedAnswer]:
    """The final answer of every call, in order: retries share a call number and the last one counts."""
    final = {sealed.answer.call: sealed for sealed in answers}
    return [final[call] for call in sorted(final)]


def of(answers: list[SealedAnswer], operation: str, part: str | None = None) -> list[SealedAnswer]:
    """The answers to one operation, optionally of one walk."""
    return [a for a in answers if a.answer.operation == operation and part in (None, a.answer.part)]


def members(parent: ET.Element | None, tag: str = "member") -> Iterator[ET.Element]:
    """The items of a list element."""
    return iter(()) if parent is None else iter(parent.findall(tag))


def summary(answer: Answer) -> dict[str, str]:
    """SummaryMap of GetAccountSummary as it was written, texts to texts."""
    found: dict[str, str] = {}
    for entry in document(answer).iterfind(".//SummaryMap/entry"):
        key = entry.findtext("key")
        if key:
            found[key.strip()] = (entry.findtext("value") or "").strip()
    return found


def whole(text: str | None, name: str) -> int | dict[str, str]:
    """A whole number >= 0, or the marker."""
    if text is None:
        return unknown(f"{name} is not in the answer")
    if not re.fullmatch(r"[0-9]{1,15}", text.strip(), re.ASCII):
        return unknown(f"{name} is not a whole number")
    return int(text)


def truth(text: str | None, name: str) -> bool | dict[str, str]:
    """true or false in AWS's spelling, or the marker."""
    if text is None:
        return unknown(f"{name} is not in the answer")
    value = {"true": True, "false": False}.get(text.strip().lower())
    return unknown(f"{name} is neither true nor false") if value is None else value


def moment(text: str | None, name: str) -> str | dict[str, str]:
    """An ISO 8601 moment in UTC, to the second, or the marker."""
    if text is None:
        return unknown(f"{name} is not in the answer")
    found = instant(text)
    return unknown(f"{name} is not a date") if found is None else found.strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: str | None) -> datetime | None:
    """An aware UTC datetime, or None for anything that is not a full ISO 8601 moment with a zone."""
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return None if found.tzinfo is None else found.astimezone(UTC)


def account_of(arn: str) -> str:
    """The account id inside an ARN, empty when it has none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 and parts[0] == "arn" else ""


def _garbage() -> Garbage:
    return Garbage(
        "AWS sent an answer that is not in the form it documents.",
        what_to_do="Check the endpoint and any proxy between Attestry and AWS, then pull again; the answer is sealed as it came.",
    )
