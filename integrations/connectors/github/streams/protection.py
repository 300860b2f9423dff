"""gh.protection: what guards the default branch of every repository that is not archived.

Facts of kind ``github_branch_protection``; classic protection and rulesets combined, see `guards`. 404 "Branch not
protected" is a fact; 404 "Not Found" and 403 leave that layer unknown. Whole when the repositories are, with one answer
for each default branch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integrations.connectors.contract import Answer, Found, Need, Normalised, SealedAnswer, Session, Stream, unknown
from integrations.connectors.github.answers import (
    error_code,
    last_of_each_call,
    listing,
    mapping,
    number,
    of,
    text,
    whole,
)
from integrations.connectors.github.refusals import ITEM
from integrations.connectors.github.streams import guards, repositories
from integrations.connectors.github.walk import Walk, walk

KEY = "gh.protection"
_CLASSIC, _RULES, _RULESET = "repos.protection", "repos.rules", "repos.ruleset"
_ABSENT = "BranchNotProtected"


def fetch(session: Session) -> Iterator[object]:
    """The repositories; for each default branch its classic protection, its active rules and their rulesets."""
    found: list[Mapping[str, Any]] = []
    for answer in repositories.list_repositories(session):
        if answer.operation == repositories.LIST:
            found.extend(listing(answer))
        yield answer
    for repository in found:
        target = _target(repository)
        if target is not None:
            yield from _guards_of(session, *target)


def _target(repository: Mapping[str, Any]) -> tuple[str, str] | None:
    """Name and default branch of a repository in scope. What cannot be named cannot be asked for: `normalise` says so."""
    name, branch = text(repository, "name"), text(repository, "default_branch")
    in_scope = repository.get("archived") is not True and isinstance(name, str) and isinstance(branch, str)
    return (str(name), str(branch)) if in_scope else None


def _guards_of(session: Session, repo: str, branch: str) -> Iterator[object]:
    yield session.call("repos", "protection", part=repo, repo=repo, branch=branch, expected=ITEM | {_ABSENT})
    asked: set[int] = set()
    for page in walk(session, "repos", "rules", part=repo, repo=repo, branch=branch, expected=ITEM):
        yield page
        for rule in listing(page) if page.status < 300 else ():
            ruleset = whole(rule, "ruleset_id")
            if isinstance(ruleset, int) and ruleset not in asked:
                asked.add(ruleset)
                yield session.call("repos", "ruleset", part=repo, repo=repo, ruleset=ruleset, expected=ITEM)


def normalise(answers: Sequence[SealedAnswer], account: str) -> Normalised:
    """One fact a default branch. Raises Garbage, WrongAccount."""
    final = last_of_each_call(answers)
    seen = repositories.Repositories(final, account)
    facts: list[Found] = []
    unread = ""
    for repository, _seal in seen.items:
        if repository.get("archived") is True:
            continue
        target = _target(repository)
        fact = None if target is None else _fact(final, repository, target, account)
        if fact is None:
            unread = unread or "A repository's default branch was not read."
        else:
            facts.append(fact)
    reason = seen.reason or unread
    return Normalised(
        facts=tuple(facts), items=len(facts), complete=not reason, reason=reason, second_count=seen.counted
    )


def _fact(
    final: Sequence[SealedAnswer], repository: Mapping[str, Any], target: tuple[str, str], account: str
) -> Found | None:
    name, branch = target
    answered = of(final, _CLASSIC, name)
    rules = of(final, _RULES, name)
    if not answered or not rules:
        return None
    layers: list[guards.Layer] = []
    code = error_code(answered[-1].answer)
    missing = f"administration:read: {code}" if code not in ("", _ABSENT) else ""
    if not code:
        layers.append(guards.classic(mapping(answered[-1].answer)))
    active = Walk(rules, account)
    missing = missing or (f"active rules: {active.gap}" if active.gap else "")
    by_ruleset: dict[int, list[Mapping[str, Any]]] = {}
    for rule, _seal in active.items:
        kind, ruleset = text(rule, "type"), whole(rule, "ruleset_id")
        if isinstance(kind, dict) or isinstance(ruleset, dict):
            missing = missing or "a rule has no type or ruleset_id"
        elif kind in guards.GUARDING:
            by_ruleset.setdefault(ruleset, []).append(rule)
    for ruleset, found in by_ruleset.items():
        bypass = _bypass(of(final, _RULESET, name), ruleset)
        layers.append(guards.ruleset(found, source=f"ruleset {ruleset}", bypass=bypass))
    payload = {"repository": name, "branch": branch, **guards.combine(layers, missing=missing)}
    seal = answered[-1].seal if not code or not active.items else active.items[0][1]
    key = f"{account}/{number(repository)}/{branch}"
    return Found(kind="github_branch_protection", key=key, payload=payload, seal=seal)


def _bypass(answers: Sequence[SealedAnswer], ruleset: int) -> bool | dict[str, str]:
    """Whether anybody may go around a ruleset. GitHub shows that only to who may change it; else it is unknown."""
    asked = [a.answer for a in answers if a.answer.request["parameters"].get("ruleset") == ruleset]
    if not asked:
        return unknown("the ruleset was not read")
    return _bypass_of(asked[-1])


def _bypass_of(answer: Answer) -> bool | dict[str, str]:
    code = error_code(answer)
    if code:
        return unknown(f"the ruleset could not be read ({code})")
    actors = mapping(answer).get("bypass_actors")
    return bool(actors) if isinstance(actors, list) else unknown("bypass_actors is not in the answer")


STREAM = Stream(
    key=KEY,
    name="Branch protection and rulesets",
    kind="configuration",
    fact_kind="github_branch_protection",
    pull_every_hours=1,
    stale_after_hours=2,
    completeness="One answer for the default branch of each repository not archived; repositories counted as in gh.repos; a refused layer leaves its fields unknown",
    needs=(
        repositories.NEED,
        repositories.SECOND_COUNT,
        Need(
            action="administration:read",
            operation=_CLASSIC,
            loses="Classic branch protection is unknown, and with it what guards a branch.",
        ),
    ),
    fetch=fetch,
    normalise=normalise,
)
