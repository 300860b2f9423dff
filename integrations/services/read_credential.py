"""What a worker opens a session with."""

from __future__ import annotations

from django.conf import settings

from integrations.connectors.aws import spec as aws
from integrations.connectors.credential import Credential
from integrations.errors import ConnectorError, CredentialRefused
from integrations.models import Connection
from integrations.services.external_id import external_id
from integrations.services.secrets import open_secret


def endpoint_of(connector: str) -> str:
    """The stand-in's address for a connector, empty for the system itself. Only embedded and test mode have one."""
    return {"aws": settings.AWS_ENDPOINT}.get(connector, "")


def origin_of(connector: str) -> str:
    """The exact origin a secret of this connector may be sent to."""
    return aws.origin(endpoint_of(connector))


def read_credential(connection: Connection) -> tuple[Credential, ConnectorError | None]:
    """BOUND as the connection's own worker. The secret is unwrapped here, in the worker, and nowhere else.

    A secret that cannot be used gives a credential without one and the error that ends the pull.
    """
    secret: dict[str, str] = {}
    refused: ConnectorError | None = None
    try:
        secret = open_secret(connection, origin=origin_of(connection.connector))
    except ConnectorError as error:
        refused = error
    credential = Credential(
        settings=connection.settings,
        secret=secret,
        account=connection.account,
        external_id=external_id(),
        endpoint=endpoint_of(connection.connector),
    )
    if refused is None and not secret and not connection.settings.get("role_arn"):
        refused = _nothing_to_sign_with()
    return credential, refused


def _nothing_to_sign_with() -> ConnectorError:
    return CredentialRefused(
        "This connection has no credential any more.", what_to_do="Enter one under “Rotate secret”."
    )
