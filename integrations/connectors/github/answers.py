"""Reads GitHub's JSON answers from the sealed bytes. Pure.

Every reader returns the value or the marker ``{"unknown": reason}``; nothing has a default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from integrations.connectors.contract import Answer, SealedAnswer, unknown
from integrations.errors import Garbage, WrongAccount

Unknown: TypeAlias = dict[str, str]
_LONGEST_TEXT = 4000
_MAXIMUM_DEPTH = 64


def document(answer: Answer) -> Any:
    """The JSON value of an answer. Raises Garbage when the body is not what GitHub documents: UTF-8 JSON, flat enough."""
    try:
        found = json.loads(answer.body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise garbage() from None
    if _too_deep(found):
        raise garbage()
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_MAXIMUM_DEPTH):
        level = [inner for outer in level if isinstance(outer, dict | list) for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: dict[str, Any] | list[Any]) -> Sequence[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def mapping(answer: Answer) -> Mapping[str, Any]:
    """The object that an answer is. Raises Garbage for anything else."""
    found = document(answer)
    if not isinstance(found, dict):
        raise garbage()
    return found


def listing(answer: Answer) -> list[Mapping[str, Any]]:
    """The objects that an answer lists. Raises Garbage for anything else."""
    found = document(answer)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise garbage()
    return found


def error_code(answer: Answer) -> str:
    """What an answer refuses with, in one word; empty for a success.

    A 404 is ambiguous with GitHub: only "Branch not protected" is a statement about the branch; "Not Found" is what
    GitHub also says to hide something (docs.github.com, troubleshooting the REST API).
    """
    if answer.status < 300:
        return ""
    message = message_of(answer).lower()
    if answer.status == 404:
        return "BranchNotProtected" if message == "branch not protected" else "NotFound"
    if answer.status == 403:
        return "PlanLimit" if message.startswith("upgrade to github") else "Forbidden"
    if answer.status in (301, 302, 307, 308):
        return "Moved"
    return {401: "Unauthorized", 409: "Conflict", 422: "Unprocessable"}.get(answer.status, f"HTTP {answer.status}")


def message_of(answer: Answer) -> str:
    """The message of an error body, empty when it has none."""
    try:
        found = mapping(answer).get("message")
    except Garbage:
        return ""
    return found if isinstance(found, str) else ""


def last_of_each_call(answers: Sequence[SealedAnswer]) -> list[SealedAnswer]:
    """The final answer of every call, in order: retries share a call number and the last one counts."""
    final = {sealed.answer.call: sealed for sealed in answers}
    return [final[call] for call in sorted(final)]


def of(answers: Sequence[SealedAnswer], operation: str, part: str | None = None) -> list[SealedAnswer]:
    """The answers to one operation, optionally of one part."""
    return [a for a in answers if a.answer.operation == operation and part in (None, a.answer.part)]


def text(of: Mapping[str, Any], name: str) -> str | Unknown:
    """A text that a database can hold, or the marker."""
    value = of.get(name)
    if not isinstance(value, str) or not value:
        return unknown(f"{name} is not in the answer" if name not in of else f"{name} is not a text")
    if len(value) > _LONGEST_TEXT or "\x00" in value or not _encodable(value):
        return unknown(f"{name} is not a readable text")
    return value


def _encodable(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def truth(of: Mapping[str, Any], name: str) -> bool | Unknown:
    """true or false, or the marker."""
    value = of.get(name)
    if isinstance(value, bool):
        return value
    return unknown(f"{name} is not in the answer" if name not in of else f"{name} is neither true nor false")


def whole(of: Mapping[str, Any], name: str) -> int | Unknown:
    """A whole number >= 0, or the marker."""
    value = of.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return value
    return unknown(f"{name} is not in the answer" if name not in of else f"{name} is not a whole number")


def number(of: Mapping[str, Any], name: str = "id") -> int:
    """The number that a fact's key is made of. Raises Garbage: an item without an identity cannot be counted."""
    found = whole(of, name)
    if not isinstance(found, int) or found == 0:
        raise garbage()
    return found


def garbage() -> Garbage:
    """The error for an answer in another form than documented."""
    return Garbage(
        "GitHub sent an answer that is not in the form it documents.",
        what_to_do="Check any proxy between Attestry and GitHub, then pull again; the answer is sealed as it came.",
    )


def another_account() -> WrongAccount:
    """The error for an answer about an organization that this connection is not pinned to."""
    return WrongAccount(
        "The answer came from another GitHub organization than the one this connection belongs to.",
        what_to_do="Check the installation of the app; make a new connection for another organization.",
    )
