"""A stand-in GitHub with a small organization, and one way to pull a stream from it as the engine does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dev.sandbox.github.server import StandInGithub
from integrations.connectors.contract import Answer, Found, SealedAnswer, Stream
from integrations.connectors.github import transport
from integrations.connectors.github.session import GithubSession
from integrations.connectors.github.spec import GithubAccess
from integrations.errors import ConnectorError, Deferred, WrongAccount
from tests.integrations.github.proxy import GithubProxy
from tests.integrations.github.small import ACCOUNT, small


@dataclass(frozen=True)
class Pulled:
    """What the engine would conclude (`integrations.services.read_stream` has the same rule)."""

    outcome: str
    code: str
    reason: str
    retry_after: float | None
    facts: tuple[Found, ...]
    answers: tuple[Answer, ...]
    items: int
    second_count: int | None
    sent: int

    def payloads(self) -> dict[str, dict[str, Any]]:
        return {fact.key: dict(fact.payload) for fact in self.facts}


@pytest.fixture(scope="session")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandInGithub]:
    server = StandInGithub(port=0, data=Path(tmp_path_factory.mktemp("github"))).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def proxy(github: StandInGithub) -> Iterator[GithubProxy]:
    running = GithubProxy(github.url).start()
    yield running  # type: ignore[misc]
    running.stop()


@pytest.fixture(autouse=True)
def _the_small_organization(github: StandInGithub, proxy: GithubProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    github.store.change(lambda state: state.update(small()))
    proxy.use(lambda exchange: exchange)
    monkeypatch.setattr(transport, "PAUSES", (0.0, 0.0))


@pytest.fixture
def access(github: StandInGithub, proxy: GithubProxy) -> GithubAccess:
    """A token, through the proxy, pinned to the organization."""
    token = github.store.read()["tokens"][0]
    return GithubAccess(organization="acme", token=token, endpoint=proxy.url, account=ACCOUNT)


@pytest.fixture
def pull(access: GithubAccess) -> Callable[..., Pulled]:
    def run(stream: Stream, *, through: GithubAccess = access, page_size: int = 2) -> Pulled:
        answers: list[Answer] = []
        session = GithubSession(through, record=answers.append, page_size=page_size)
        error: ConnectorError | None = None
        try:
            session.open()
            for _unit in stream.fetch(session):
                pass
        except ConnectorError as raised:
            error = raised
        return _concluded(stream, session, answers, error)

    return run


def _concluded(stream: Stream, session: GithubSession, answers: list[Answer], error: ConnectorError | None) -> Pulled:
    sealed = [SealedAnswer(seal=place, answer=answer) for place, answer in enumerate(answers)]
    found = None
    if not isinstance(error, WrongAccount | Deferred) and session.account:
        try:
            found = stream.normalise(sealed, session.account)
        except ConnectorError as unreadable:
            error = error or unreadable
    facts = found.facts if found is not None else ()
    complete = found is not None and found.complete and error is None
    outcome = "complete" if complete else "partial" if facts and sealed else "failed"
    outcome = "deferred" if isinstance(error, Deferred) else outcome
    return Pulled(
        outcome=outcome,
        code=error.code if error is not None else "",
        reason=error.message if error is not None else found.reason if found is not None else "",
        retry_after=error.retry_after if isinstance(error, Deferred) else None,
        facts=facts,
        answers=tuple(answers),
        items=found.items if found is not None else 0,
        second_count=found.second_count if found is not None else None,
        sent=session.sent(),
    )
