"""Reading a leaf strictly: exactly these fields, these forms, this order, no second way to write it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

LARGEST_INTEGER = 2**53
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[a-z_.]{1,40}")
_STREAM = re.compile(r"[a-z0-9_.:-]{0,80}")


class NotALeaf(ValueError):
    """The body is not a leaf of version 1; the message says why."""


@dataclass(frozen=True, kw_only=True)
class ReadLeaf:
    log: UUID
    seq: int
    kind: str
    recorded_at: datetime
    observed_at: datetime
    stream: str
    page: int
    ct_sha256: bytes
    ct_len: int
    pt_commit: bytes
    codec: int
    key: UUID
    actor: UUID
    simulated: bool


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_INTEGER


FIELDS: dict[str, Callable[[Any], bool]] = {
    "actor": _matches(_UUID),
    "codec": _is_count,
    "ct_len": _is_count,
    "ct_sha256": _matches(_DIGEST),
    "key": _matches(_UUID),
    "log": _matches(_UUID),
    "observed_at": _matches(_TIME),
    "page": _is_count,
    "pt_commit": _matches(_DIGEST),
    "recorded_at": _matches(_TIME),
    "seq": _is_count,
    "simulated": lambda value: isinstance(value, bool),
    "stream": _matches(_STREAM),
    "type": _matches(_KIND),
    "v": lambda value: type(value) is int and value == 1,
}


def read_leaf(body: bytes) -> ReadLeaf:
    """The leaf that ``body`` is. Raises NotALeaf for anything but its one canonical writing."""
    try:
        text = body.decode("ascii")
        pairs: list[tuple[str, Any]] = json.loads(text, object_pairs_hook=lambda found: found)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotALeaf("not ASCII JSON") from error
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        raise NotALeaf("not an object")
    if [name for name, _value in pairs] != list(FIELDS):
        raise NotALeaf("its fields are not exactly the known ones in canonical order")
    leaf = dict(pairs)
    for name, accepts in FIELDS.items():
        if not accepts(leaf[name]):
            raise NotALeaf(f"field {name} has an unknown form")
    if json.dumps(leaf, separators=(",", ":")) != text:
        raise NotALeaf("not in canonical form")
    return _read(leaf)


def _read(leaf: dict[str, Any]) -> ReadLeaf:
    return ReadLeaf(
        log=UUID(leaf["log"]),
        seq=leaf["seq"],
        kind=leaf["type"],
        recorded_at=_moment(leaf["recorded_at"]),
        observed_at=_moment(leaf["observed_at"]),
        stream=leaf["stream"],
        page=leaf["page"],
        ct_sha256=bytes.fromhex(leaf["ct_sha256"]),
        ct_len=leaf["ct_len"],
        pt_commit=bytes.fromhex(leaf["pt_commit"]),
        codec=leaf["codec"],
        key=UUID(leaf["key"]),
        actor=UUID(leaf["actor"]),
        simulated=leaf["simulated"],
    )


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise NotALeaf(f"{text} is not a moment") from error
