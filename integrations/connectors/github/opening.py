"""From a stored connection to an open GitHub session. The SDK is imported here, in the worker, and not before."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from integrations.connectors.contract import ProbeResult, Recorder
from integrations.connectors.credential import Credential
from integrations.connectors.github.spec import GithubAccess

if TYPE_CHECKING:
    from integrations.connectors.github.session import GithubSession

# The first number is raised when fetch or normalise of a stream changes what its facts mean.
COLLECTOR_VERSION = f"github-1 PyGithub-{version('PyGithub')}"


def open_session(credential: Credential, record: Recorder) -> GithubSession:
    """Network. An open session of the pinned organization; raises ConnectorError (WrongAccount, CredentialRefused, ...)."""
    from integrations.connectors.github.session import GithubSession

    session = GithubSession(access(credential), record=record)
    session.open()
    return session


def run_probe(credential: Credential) -> ProbeResult:
    """Network. What the credential can do; see `probe.probe`."""
    from integrations.connectors.github.probe import probe

    return probe(access(credential))


def access(credential: Credential) -> GithubAccess:
    """The connection's settings and secret in GitHub's terms. A token counts only towards a stand-in."""
    return GithubAccess(
        organization=str(credential.settings["organization"]),
        app_id=str(credential.settings.get("app_id", "")),
        installation_id=int(credential.settings.get("installation_id", 0)),
        private_key=credential.secret.get("private_key", ""),
        token=credential.secret.get("token", "") if credential.endpoint else "",
        endpoint=credential.endpoint,
        account=credential.account,
    )
