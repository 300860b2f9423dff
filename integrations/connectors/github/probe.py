"""What the credential can really do: each permission of each stream tried once, cheaply, and the organization pinned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.connectors.contract import Answer, Need, ProbeItem, ProbeResult
from integrations.connectors.github.answers import listing, text
from integrations.connectors.github.session import GithubSession
from integrations.connectors.github.spec import GithubAccess
from integrations.connectors.github.streams import STREAMS
from integrations.errors import ConnectorError, PermissionMissing

_ONE: Mapping[str, Any] = {"per_page": 1}
_UNPAGED = frozenset({"orgs.get", "repos.protection"})


def probe(access: GithubAccess) -> ProbeResult:
    """Network. Never raises for what GitHub answers: a credential that opens nothing is a result too. An app that may
    write is not accepted: Attestry only reads."""
    session = GithubSession(access, record=_forget)
    try:
        session.open()
    except ConnectorError as error:
        return ProbeResult(
            ok=False, account="", identity="", sentence=error.message, what_to_do=error.what_to_do, items=()
        )
    items = tuple(_try_all(session))
    missing = {item.action for item in items if item.granted is False}
    writes = sorted(name for name, level in session.permissions.items() if level != "read")
    sentence, todo = "Every permission is granted.", ""
    if missing:
        sentence = f"{len(missing)} of {len({item.action for item in items})} permissions are missing."
        todo = "Give the app the missing permissions, let an owner accept them, then test again."
    if writes:
        sentence, todo = f"The app may write ({', '.join(writes)}).", "Give it read permissions only, then test again."
    return ProbeResult(
        ok=not missing and not writes,
        account=session.account,
        identity=session.identity,
        sentence=sentence,
        what_to_do=todo,
        items=items,
    )


def _try_all(session: GithubSession) -> Iterator[ProbeItem]:
    repository: tuple[str, str] | None = None
    known: dict[str, tuple[bool | None, str]] = {}
    for stream in STREAMS:
        for need in stream.needs:
            if need.operation not in known:
                answer, known[need.operation] = _try(session, need, repository)
                if need.operation == "orgs.repos" and answer is not None:
                    repository = _first(answer)
            granted, note = known[need.operation]
            yield ProbeItem(
                stream=stream.key, action=need.action, granted=granted, note=note or ("" if granted else need.loses)
            )


def _first(answer: Answer) -> tuple[str, str] | None:
    for found in listing(answer):
        name, branch = text(found, "name"), text(found, "default_branch")
        if isinstance(name, str) and isinstance(branch, str):
            return name, branch
    return None


def _try(
    session: GithubSession, need: Need, repository: tuple[str, str] | None
) -> tuple[Answer | None, tuple[bool | None, str]]:
    service, _, operation = need.operation.partition(".")
    parameters: dict[str, Any] = {} if need.operation in _UNPAGED else dict(_ONE)
    if service == "repos":
        if repository is None:
            return None, (None, "There is no repository to try it on.")
        parameters |= {"repo": repository[0], "branch": repository[1]}
    try:
        answer = session.call(service, operation, expected=frozenset({"BranchNotProtected"}), **parameters)
    except PermissionMissing:
        return None, (False, "")
    except ConnectorError as error:
        return None, (None, error.message)
    return answer, (True, "")


def _forget(answer: Answer) -> None:
    """A probe seals nothing: it concludes nothing about the company's systems."""
