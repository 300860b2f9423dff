"""The connectors there are. A contract test walks this list; the SDK of each is imported only when a session opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from integrations.connectors.aws import opening as aws
from integrations.connectors.aws.streams import STREAMS as AWS_STREAMS
from integrations.connectors.contract import ProbeResult, Recorder, Session, Stream
from integrations.connectors.credential import Credential
from integrations.errors import UnknownConnection


class OpenSession(Session, Protocol):
    """A session as the engine sees it: it also says what it sent."""

    def sent(self) -> int:
        """How many requests went over the network so far, retries included."""
        ...


@dataclass(frozen=True, kw_only=True)
class Connector:
    """One kind of system."""

    key: str
    name: str
    version: str
    streams: tuple[Stream, ...]
    open_session: Callable[[Credential, Recorder], OpenSession]
    probe: Callable[[Credential], ProbeResult]

    def stream(self, key: str) -> Stream:
        """The stream of this key. Raises UnknownConnection."""
        for stream in self.streams:
            if stream.key == key:
                return stream
        raise UnknownConnection(
            "This connection has no such stream.",
            what_to_do="Open the connection's page and choose one of its streams.",
        )


CONNECTORS: Mapping[str, Connector] = {
    "aws": Connector(
        key="aws",
        name="Amazon Web Services",
        version=aws.COLLECTOR_VERSION,
        streams=AWS_STREAMS,
        open_session=aws.open_session,
        probe=aws.run_probe,
    ),
}


def connector(key: str) -> Connector:
    """The connector of this key. Raises UnknownConnection."""
    if key not in CONNECTORS:
        raise UnknownConnection(
            "There is no connector of this name.", what_to_do="Choose one from the list of systems."
        )
    return CONNECTORS[key]
