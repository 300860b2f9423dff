"""From a stored connection to an open AWS session. The SDK is imported here, in the worker, and not before."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from integrations.connectors.aws.spec import AwsAccess
from integrations.connectors.contract import ProbeResult, Recorder
from integrations.connectors.credential import Credential

if TYPE_CHECKING:
    from integrations.connectors.aws.session import AwsSession

# The first number is raised when fetch or normalise of a stream changes what its facts mean.
COLLECTOR_VERSION = f"aws-1 boto3-{version('boto3')}"


def open_session(credential: Credential, record: Recorder) -> AwsSession:
    """Network. An open session of the pinned account; raises ConnectorError (WrongAccount, CredentialRefused, ...)."""
    from integrations.connectors.aws.session import AwsSession

    session = AwsSession(access(credential), record=record)
    session.open()
    return session


def run_probe(credential: Credential) -> ProbeResult:
    """Network. What the credential can do; see `probe.probe`."""
    from integrations.connectors.aws.probe import probe

    return probe(access(credential))


def access(credential: Credential) -> AwsAccess:
    """The connection's settings and secret in AWS's terms."""
    role = str(credential.settings.get("role_arn", ""))
    return AwsAccess(
        region=str(credential.settings["region"]),
        role_arn=role,
        external_id=credential.external_id if role else "",
        access_key_id=credential.secret.get("access_key_id", ""),
        secret_access_key=credential.secret.get("secret_access_key", ""),
        endpoint=credential.endpoint,
        account=credential.account,
    )
