"""Attacks on the secrets of connections, which only the worker of the connection may open."""

from __future__ import annotations

from tests.isolation.ground import Ground, rows
from tests.isolation.vectors.registry import vector

ALL = "select ciphertext from app.integrations_connectionsecret"


@vector("C01", threat="5")
def owner_reads(at: Ground):
    """Read a connection's secret as the owner of its organization."""
    return rows(at.bound(at.a, "olga"), ALL)


@vector("C02", threat="4.2", role="app_rt (worker)")
def other_connection(at: Ground):
    """Read the secret of another connection of the same organization as a worker."""
    worker = at.worker(at.a, at.a.connections[0])
    return rows(worker, f"{ALL} where connection_id <> %s", (at.a.connections[0],))


@vector("C03", threat="4.2", role="app_rt (worker)")
def worker_without_connection(at: Ground):
    """Read secrets as a worker whose ticket names no connection."""
    return rows(at.worker(at.a, None), ALL)


@vector("C04", threat="4.2", role="app_rt (worker)")
def foreign_connection_in_own_ticket(at: Ground):
    """Read A's secret as a worker of B whose ticket names A's connection."""
    return rows(at.worker(at.b, at.a.connections[0]), ALL)


@vector("C05", threat="5", refusal="42501", role="app_audit")
def auditor_reads(at: Ground):
    """Read a connection's secret as an auditor."""
    return rows(at.bound(at.a, "vera", "app_audit"), ALL)


@vector("C06", threat="5")
def secret_by_returning(at: Ground):
    """Have a blind UPDATE return the secrets."""
    return rows(
        at.bound(at.a, "olga"),
        "update app.integrations_connectionsecret set ciphertext = ciphertext returning ciphertext",
    )


@vector("C07", threat="5", role="app_rt (api_write)")
def token_reads(at: Ground):
    """Read a connection's secret with an API token that may write."""
    return rows(at.token(at.a, "api_write"), ALL)


@vector("C08", threat="5", refusal="42501")
def secret_by_conflict(at: Ground):
    """Insert a secret that exists and have ON CONFLICT DO UPDATE return what is there."""
    query = """insert into app.integrations_connectionsecret (organization_id, id, version, ciphertext, connection_id)
        select %s, %s, 1, 'x'::bytea, %s on conflict (organization_id, id) do update set ciphertext = app.integrations_connectionsecret.ciphertext
        returning ciphertext"""
    there = at.a.rows["integrations_connectionsecret"][0], at.a.connections[0]
    found = rows(at.bound(at.a, "olga"), query, (at.a.id, *there))
    return [row for row in found if at.a.marker.encode() in row[0]]
