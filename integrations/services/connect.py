"""Connections come and go here; every change notes an activity in its own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import connections
from django.db.models.functions import Now

from integrations.cadence import PARKED
from integrations.connectors import registry
from integrations.connectors.aws import spec as aws
from integrations.errors import InvalidSettings, UnknownConnection
from integrations.models import Connection, Due
from integrations.services.nudge import nudge_on_commit
from integrations.services.read_credential import endpoint_of, origin_of
from integrations.services.secrets import destroy_secret, seal_secret
from inventory.services import retire_source
from organizations import clock, scope
from organizations.gate.identifiers import uuid7
from organizations.services.record_activity import record_activity

LARGEST_NAME = 80


def connect_aws(
    *,
    name: str,
    region: str,
    role_arn: str = "",
    access_key_id: str = "",
    secret_access_key: str = "",
    test: bool = True,
) -> UUID:
    """Make an AWS connection. BOUND as a person who may edit.

    In: a role ARN (its account is pinned at once) or, where there is a stand-in, an access key. Its streams wait until a
    test succeeded; ``test`` asks for one right away, otherwise `make_due` starts them. Returns the connection's id.
    Raises InvalidSettings with the field and a sentence.
    """
    name = _name(name)
    settings = {"region": aws.check_region(region)}
    secret: dict[str, str] = {}
    account = ""
    if role_arn.strip() or not access_key_id.strip():
        settings["role_arn"], account = aws.check_role(role_arn)
    else:
        key_id, key = aws.check_keys(access_key_id, secret_access_key, endpoint=endpoint_of("aws"))
        secret = {"access_key_id": key_id, "secret_access_key": key}
    _one_at_a_time()
    _refuse_second(account)
    connection = _created("aws", name=name, settings=settings, account=account)
    if secret:
        seal_secret(connection, secret)
    _plan(connection, test=test)
    detail = {"name": name, "connector": "aws", "account": account}
    record_activity("connection.created", subject=f"connection:{connection.id}", detail=detail)
    nudge_on_commit()
    found: UUID = connection.id
    return found


def _created(connector: str, *, name: str, settings: Mapping[str, str], account: str) -> Connection:
    made: Connection = Connection.objects.create(
        id=uuid7(),
        connector=connector,
        name=name,
        settings=settings,
        account=account,
        origin=origin_of(connector),
        created_by_id=_person(),
        created_at=clock.now(),
    )
    return made


def _plan(connection: Connection, *, test: bool) -> None:
    """The due rows of a new connection: its streams wait, its test is due at once where one is wanted."""
    for stream in registry.connector(connection.connector).streams:
        Due.objects.create(connection_id=connection.id, task="pull", stream=stream.key, next_run_at=PARKED)
    Due.objects.create(connection_id=connection.id, task="probe", stream="", next_run_at=Now() if test else PARKED)


def rotate_secret(connection_id: UUID, *, access_key_id: str, secret_access_key: str) -> None:
    """A new access key takes the old one's place and is tested at once. BOUND. The old secret cannot be opened any more."""
    connection = find(connection_id)
    if connection.settings.get("role_arn"):
        raise InvalidSettings(
            "This connection uses a role; it has no secret.",
            what_to_do="Change the role's policy in AWS instead.",
            field="access_key_id",
        )
    key_id, key = aws.check_keys(access_key_id, secret_access_key, endpoint=endpoint_of("aws"))
    connection.origin = origin_of("aws")
    seal_secret(connection, {"access_key_id": key_id, "secret_access_key": key})
    Due.objects.filter(connection_id=connection_id, task="probe").update(
        next_run_at=Now(), attempt=0, quarantined_at=None, quarantine_reason=""
    )
    record_activity(
        "connection.secret_rotated",
        subject=f"connection:{connection_id}",
        detail={"version": connection.secret_version},
    )
    nudge_on_commit()


def change_origin(connection: Connection, origin: str) -> None:
    """The secret goes with its origin: where the address changes, the secret is destroyed and must be entered again."""
    if origin == connection.origin:
        return
    connection.origin = origin
    connection.save(update_fields=["origin"])
    destroy_secret(connection)


def disconnect(connection_id: UUID) -> None:
    """End a connection: its secret is destroyed, nothing of it runs any more, a pull that is under way writes nothing
    after this commit. What it sealed stays. BOUND."""
    connection = find(connection_id)
    destroy_secret(connection)
    connection.disconnected_at = clock.now()
    connection.save(update_fields=["disconnected_at"])
    Due.objects.filter(connection_id=connection_id).update(next_run_at=PARKED, lease_until=None)
    streams = tuple(stream.key for stream in registry.connector(connection.connector).streams)
    retire_source(connection_id=connection_id, streams=streams, at=connection.disconnected_at, reason="Disconnected")
    record_activity("connection.ended", subject=f"connection:{connection_id}", detail={"name": connection.name})


def find(connection_id: UUID) -> Connection:
    """The live connection. BOUND. Raises UnknownConnection, for a foreign id as for a missing one."""
    found: Connection | None = Connection.objects.filter(id=connection_id, disconnected_at__isnull=True).first()
    if found is None:
        raise UnknownConnection("There is no such connection.", what_to_do="Choose one from the list of connections.")
    return found


def _one_at_a_time() -> None:
    """Looking and writing are two statements: a second click waits here and then sees what the first one wrote."""
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"connect:{scope.current().organization_id}",)
        )


def _refuse_second(account: str) -> None:
    taken = (
        account and Connection.objects.filter(connector="aws", account=account, disconnected_at__isnull=True).exists()
    )
    if taken:
        raise InvalidSettings(
            "This account is connected already.",
            what_to_do="Open its connection in the list instead.",
            field="role_arn",
        )


def _name(name: str) -> str:
    found = " ".join(name.split())
    if not found or len(found) > LARGEST_NAME or not found.isprintable():
        raise InvalidSettings(
            "The connection needs a name.",
            what_to_do=f"Give it one of at most {LARGEST_NAME} characters.",
            field="name",
        )
    return found


def _person() -> UUID | None:
    bound = scope.current()
    return bound.actor_id if bound.role in ("owner", "security_owner", "engineer") else None
