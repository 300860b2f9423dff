"""What a reading changes about the facts in force. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from inventory.errors import DoubledFact, UnknownKind
from inventory.resources.digest import content_digest
from inventory.resources.kinds import KINDS
from inventory.types import SeenFact

Line = tuple[str, str]  # kind, key

# A population that fell by more than this is held until a second read agrees (architecture section 8).
LARGEST_DROP = 0.30


@dataclass(frozen=True, slots=True)
class InForce:
    """The version in force of one living resource."""

    version_id: UUID
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """``changed``: facts with another content than in force, with their digest; ``gone``: lines that were not seen."""

    changed: tuple[tuple[SeenFact, str], ...]
    gone: tuple[Line, ...]
    unchanged: int


def compare(seen: tuple[SeenFact, ...], in_force: Mapping[Line, InForce]) -> Difference:
    """Raises UnknownKind for a kind that has no line in `inventory/resources`, DoubledFact for a resource that came
    twice with different contents (the same content twice is one resource)."""
    digests: dict[Line, tuple[SeenFact, str]] = {}
    for fact in seen:
        kind = KINDS.get(fact.kind)
        if kind is None:
            raise UnknownKind(
                f"The inventory does not know facts of kind {fact.kind}.", what_to_do="Add it to inventory/resources."
            )
        digest = content_digest(kind, fact.payload)
        if digests.setdefault((fact.kind, fact.key), (fact, digest))[1] != digest:
            raise DoubledFact(f"{fact.key} came twice with different contents.", what_to_do="Pull again.")
    changed = tuple(
        (fact, digest)
        for line, (fact, digest) in digests.items()
        if line not in in_force or in_force[line].digest != digest
    )
    gone = tuple(line for line in in_force if line not in digests)
    return Difference(changed=changed, gone=gone, unchanged=len(digests) - len(changed))


def fell_too_far(before: int, now: int) -> bool:
    """Whether a population of ``before`` that is ``now`` fell by more than 30 %."""
    return now < before * (1 - LARGEST_DROP)
