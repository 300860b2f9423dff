"""The envelope around a connection's secret.

One data key for each secret, wrapped under the organization's key; the secret encrypted with it. Organization,
connection, exact origin and version are authenticated in both layers, so a secret moved to another row, origin or
organization does not open. The wrapped key lives in the connection's row: blanking it destroys the secret at once,
without anybody having to read the ciphertext, which only the connection's own worker can.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connections

from evidence.vault.keys import key_provider
from integrations.errors import CredentialRefused
from integrations.models import Connection, ConnectionSecret
from organizations import clock, scope
from organizations.gate.identifiers import uuid7

_NONCE = 12


def seal_secret(connection: Connection, values: Mapping[str, str]) -> None:
    """Store a new version of the secret. BOUND, in the transaction of the act; saves the connection's secret columns.

    In: the secret's values, ASCII. The caller has set ``connection.origin`` to where it may be sent.
    """
    version = connection.secret_version + 1
    context = _context(connection.id, connection.origin, version)
    key = AESGCM.generate_key(256)
    nonce = secrets.token_bytes(_NONCE)
    plain = json.dumps(dict(values), sort_keys=True).encode()
    ciphertext = nonce + AESGCM(key).encrypt(nonce, plain, _associated(context))
    organization_id = scope.current().organization_id
    connection.secret_version = version
    connection.secret_key = key_provider().wrap(organization_id=organization_id, context=context, key=key)
    connection.secret_made_at, connection.secret_used_at = clock.now(), None
    connection.save(update_fields=["origin", "secret_version", "secret_key", "secret_made_at", "secret_used_at"])
    _insert(connection.id, version, ciphertext)


def _insert(connection_id: UUID, version: int, ciphertext: bytes) -> None:
    # Not through the ORM: it would ask for columns back, and only the connection's worker may read this table.
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute(
            "insert into integrations_connectionsecret (id, connection_id, version, ciphertext) values (%s, %s, %s, %s)",
            (uuid7(), connection_id, version, ciphertext),
        )


def destroy_secret(connection: Connection) -> None:
    """Make the current secret unreadable for good. BOUND. The worker blanks the ciphertext when it next comes by."""
    connection.secret_key, connection.secret_made_at, connection.secret_used_at = b"", None, None
    connection.save(update_fields=["secret_key", "secret_made_at", "secret_used_at"])


def open_secret(connection: Connection, *, origin: str) -> dict[str, str]:
    """The secret's values. BOUND as the worker of exactly this connection; nobody else finds the row.

    ``origin`` is where it is about to be sent. Raises CredentialRefused when there is no secret for that origin. A
    connection without a secret gives an empty mapping.
    """
    if not bytes(connection.secret_key):
        return {}
    if connection.origin != origin:
        raise _no_secret()
    row = ConnectionSecret.objects.filter(connection_id=connection.id, version=connection.secret_version).first()
    if row is None:
        raise _no_secret()
    context = _context(connection.id, origin, connection.secret_version)
    organization_id = scope.current().organization_id
    key = key_provider().unwrap(organization_id=organization_id, context=context, wrapped=bytes(connection.secret_key))
    sealed = bytes(row.ciphertext)
    try:
        plain = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _associated(context))
    except InvalidTag:
        raise _no_secret() from None
    ConnectionSecret.objects.filter(connection_id=connection.id).exclude(version=connection.secret_version).exclude(
        ciphertext=b""
    ).update(ciphertext=b"")
    values: dict[str, str] = json.loads(plain)
    return values


def _context(connection_id: UUID, origin: str, version: int) -> str:
    return f"credential:{connection_id}|{origin}|{version}"


def _associated(context: str) -> bytes:
    return f"attestry/secret/1|{scope.current().organization_id}|{context}".encode()


def _no_secret() -> CredentialRefused:
    return CredentialRefused(
        "This connection has no secret for the address it would talk to.",
        what_to_do="Enter the access key again under “Rotate secret”.",
    )
