"""Whatever JSON stands in a sealed answer, `normalise` says something storable or refuses in one of our own errors."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from integrations.connectors.contract import SealedAnswer
from integrations.connectors.github.streams import STREAMS
from integrations.errors import ConnectorError
from tests.integrations.github.small import ACCOUNT
from tests.tally import count

ODD: tuple[Any, ...] = (
    None, "", [], {}, -1, 0, True, 1.5, 2**80, "\x00", "\ud800", "x" * 9000, [[]], [None], {"": None}, [{"context": []}], "777", [1, "a"],
)  # fmt: skip
ROUNDS = 400


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


def _with(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = _with(value[path[0]], path[1:], odd)
    return copied


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.key)
def test_an_odd_value_anywhere_is_storable_or_refused(stream, pull):
    chance = random.Random(20)
    answers = pull(stream).answers
    for _ in range(ROUNDS):
        changed = list(answers)
        for _twice in range(2):
            place = chance.randrange(len(changed))
            body = json.loads(changed[place].body)
            body = _with(body, chance.choice(_places(body)), chance.choice(ODD))
            changed[place] = replace(changed[place], body=json.dumps(body).encode())
        sealed = [SealedAnswer(seal=seal, answer=answer) for seal, answer in enumerate(changed)]
        try:
            found = stream.normalise(sealed, ACCOUNT)
        except ConnectorError:
            continue
        finally:
            count("odd answers read by GitHub's streams")
        _assert_storable([[fact.key, fact.payload] for fact in found.facts] + [found.reason])
        assert len({fact.key for fact in found.facts}) == len(found.facts)
        assert found.complete or found.reason


def _assert_storable(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    text.encode("utf-8")
    assert "\\u0000" not in text


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.key)
def test_a_pull_that_stopped_anywhere_is_not_complete(stream, pull):
    """A kill between two answers: what was sealed so far never amounts to the whole, for any number of answers."""
    answers = pull(stream).answers
    for reached in range(len(answers)):
        sealed = [SealedAnswer(seal=seal, answer=answer) for seal, answer in enumerate(answers[:reached])]
        try:
            found = stream.normalise(sealed, ACCOUNT)
        except ConnectorError:
            continue
        assert not found.complete or _has_unknown(found.facts), reached


def _has_unknown(facts: Any) -> bool:
    """Apart from the two fields that this connector never reads."""
    read = [(n, v) for fact in facts for n, v in fact.payload.items() if n not in ("email", "saml_name_id")]
    return any(isinstance(value, dict) and value.get("unknown") for _name, value in read)
