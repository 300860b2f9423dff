"""The strict parser: a fixed corpus of hostile bodies, and whatever Hypothesis thinks of."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from organizations.api.parsing import MAX_DEPTH, parse_strictly

HOSTILE = [
    b"",
    b"{",
    b"nul",
    b"\xff\xfe",
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": -Infinity}',
    b'{"a": 1e999}',
    b'{"a": 1, "a": 2}',
    b'{"a": {"b": 1, "b": 1}}',
    b'{"a": "\\u0000"}',
    b'{"\\u0000": 1}',
    b'{"a": "\\ud800"}',
    b'{"a": ["\\udfff"]}',
    b'{"a": 9007199254740993}',
    b"1" * 5000,
    b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"{'a': 1}",
    b'{"a": 1,}',
    b"[1 2]",
    b'"\n"',
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_body_is_refused_with_a_sentence(body: bytes) -> None:
    with pytest.raises(ParseError) as refused:
        parse_strictly(body)
    assert str(refused.value.detail).endswith(".")


def test_brackets_inside_texts_are_not_nesting() -> None:
    assert parse_strictly(json.dumps({"a": "[" * 100 + '\\"{' * 50}).encode()) == {"a": "[" * 100 + '\\"{' * 50}


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(body: bytes) -> None:
    with contextlib.suppress(ParseError):
        parse_strictly(body)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON)
def test_what_is_well_formed_comes_through_unchanged(value: object) -> None:
    assert parse_strictly(json.dumps(value).encode()) == value
