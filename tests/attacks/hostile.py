"""Values that nobody types by accident, and the forms to type them into."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

VALUES = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "x" * 10_000,
    "<script>alert(1)</script>",
    "' or 1=1 --",
    "{{7*7}}{% debug %}",
    "\r\nSet-Cookie: a=b",
    "\ud7ff\uffff\u202e\U0001f4a9",
    "-1",
    "0",
    "99999999999999999999999999",
    "1e309",
    "NaN",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "٢٠٢٦-٠١-٠١",
    "../../etc/passwd",
    str(UUID(int=0)),
    "http://169.254.169.254/latest/meta-data/",
    "arn:aws:iam::123456789012:role/x\nHost: evil",
)
# What is tried in each field alone, while the rest of the form is valid.
SHORT = ("", "a\x00b", "x" * 10_000, "9999-12-31", "0001-01-01", str(UUID(int=0)))


class _Fields(HTMLParser):
    """Field names of every form of a page, by the form's action, with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._select = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("method", "get").lower() == "post"
            if self._inside:
                self.forms.append((given.get("action", ""), {}))
        if not self._inside:
            return
        fields = self.forms[-1][1]
        name = given.get("name", "")
        if tag == "input" and name and name != "csrfmiddlewaretoken":
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given or name not in fields:
                fields[name] = given.get("value", "")
        elif tag == "textarea" and name:
            fields[name] = ""
        elif tag == "select" and name:
            self._select = name
            fields[name] = ""
        elif tag == "option" and self._select and given.get("value"):
            if "selected" in given or not fields[self._select]:
                fields[self._select] = given["value"]
        elif tag == "button" and name:
            fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form":
            self._inside = False


def forms_of(page: str) -> list[tuple[str, dict[str, str]]]:
    """(action, fields with a browser's values) of each POST form on a page."""
    reader = _Fields()
    reader.feed(page)
    return reader.forms


def spoilt(fields: dict[str, str], filling: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The form as it would be valid with one field hostile at a time, and with every field hostile at once."""
    good = {name: filling.get(name) or value for name, value in fields.items()}
    for value in VALUES:
        yield dict.fromkeys(good, value)
    for name in good:
        for value in SHORT:
            yield good | {name: value}
    for name, value in good.items():
        yield {other: kept for other, kept in good.items() if other != name}
        yield good | {name: [value, value, "\x00"]}
