"""gh.repos: every repository of the organization. Facts of kind ``github_repository``.

Whole when the walk reached its end and the number of repositories equals what the organization itself counts: a
credential that sees only chosen repositories cannot read this stream completely.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integrations.connectors.contract import Found, Need, Normalised, SealedAnswer, Session, Stream
from integrations.connectors.github.answers import (
    another_account,
    error_code,
    garbage,
    last_of_each_call,
    mapping,
    number,
    of,
    text,
    truth,
    whole,
)
from integrations.connectors.github.walk import Walk, walk

KEY = "gh.repos"
LIST, COUNT = "orgs.repos", "orgs.get"


def fetch(session: Session) -> Iterator[object]:
    """The pages of repositories, then the organization for the second count."""
    yield from list_repositories(session)


def list_repositories(session: Session) -> Iterator[Any]:
    """The walk over all repositories with the organization's own count after it; other streams begin with it too."""
    yield from walk(session, "orgs", "repos", part="repositories", type="all", sort="full_name")
    yield session.call("orgs", "get", part="count")


def normalise(answers: Sequence[SealedAnswer], account: str) -> Normalised:
    """One fact a repository. Raises Garbage, WrongAccount."""
    listing = Repositories(last_of_each_call(answers), account)
    facts = tuple(_fact(item, seal, account) for item, seal in listing.items)
    return Normalised(
        facts=facts, items=len(facts), complete=not listing.reason, reason=listing.reason, second_count=listing.counted
    )


class Repositories:
    """The repositories in sealed answers: ``items`` with seals, each once; ``reason`` says why they are not all."""

    def __init__(self, final: Sequence[SealedAnswer], account: str) -> None:
        seen = Walk(of(final, LIST, "repositories"), account)
        self.items = list({number(item): (item, seal) for item, seal in seen.items}.values())
        for item, _seal in self.items:
            _check_owner(item, account)
        counts = [a for a in of(final, COUNT, "count") if not error_code(a.answer)]
        public, private = (
            whole(mapping(counts[-1].answer), name) if counts else None for name in ("public_repos", "total_private_repos")
        )  # fmt: skip
        self.counted = public + private if isinstance(public, int) and isinstance(private, int) else None
        self.reason = self._gap(seen)

    def _gap(self, seen: Walk) -> str:
        if seen.gap:
            return f"The listing of repositories is not whole: {seen.gap}."
        if len(seen.items) != len(self.items):
            return "A repository came twice."
        if self.counted is None:
            return "The organization does not say how many repositories it has."
        if self.counted != len(self.items):
            return f"The listing has {len(self.items)} repositories; the organization counts {self.counted}."
        return ""


def _check_owner(item: Mapping[str, Any], account: str) -> None:
    owner = item.get("owner")
    if not isinstance(owner, dict):
        raise garbage()
    if str(number(owner)) != account:
        raise another_account()


def _fact(item: Mapping[str, Any], seal: int, account: str) -> Found:
    payload = {
        "name": text(item, "name"),
        "id": number(item),
        "default_branch": text(item, "default_branch"),
        "visibility": text(item, "visibility"),
        "archived": truth(item, "archived"),
        "fork": truth(item, "fork"),
    }
    return Found(kind="github_repository", key=f"{account}/{number(item)}", payload=payload, seal=seal)


NEED = Need(
    action="metadata:read",
    operation=LIST,
    loses="Which repositories there are is not observed, and nothing that is read for each of them.",
)
SECOND_COUNT = Need(
    action="organization_administration:read",
    operation=COUNT,
    loses="The listing of repositories cannot be shown to be whole, so nothing passes.",
)
STREAM = Stream(
    key=KEY,
    name="Repositories",
    kind="population",
    fact_kind="github_repository",
    pull_every_hours=1,
    stale_after_hours=2,
    completeness="Terminal page reached, then count equals public_repos plus total_private_repos of the organization",
    needs=(NEED, SECOND_COUNT),
    fetch=fetch,
    normalise=normalise,
)
