from __future__ import annotations

import secrets
from datetime import UTC, datetime
from uuid import UUID

from evidence.models import KeyChain, Record
from evidence.types import Base, Chain
from evidence.vault import codec
from evidence.vault.keys import chain_context, key_provider
from organizations import scope
from organizations.gate.identifiers import uuid7


def open_chain(*, stream: str, at: datetime) -> Chain:
    """The data key of (bound organization, ``stream``, ISO week of ``at``), made and wrapped if new.

    In: the stream key; ``at`` aware, the organization's time at the start of the pull. A pull that
    crosses Sunday midnight stays in the chain it opened. Two workers that open a new chain at once
    get the same one. Raises ``scope.Unbound``, KeyUnavailable. (security.md 6, crypto-shredding)
    """
    organization_id = scope.current().organization_id
    week = iso_week(at)
    row = _live(stream, week) or _made(organization_id, stream, week)
    key = key_provider().unwrap(
        organization_id=organization_id,
        context=chain_context(chain_id=row.id, stream=stream, week=week),
        wrapped=bytes(row.wrapped_key),
    )
    return Chain(organization_id=organization_id, id=row.id, stream=stream, week=week, key=key, bases=_bases(row.id))


def iso_week(at: datetime) -> str:
    """``2026-W47``: the ISO week of an aware time, in UTC."""
    year, week, _day = at.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02d}"


def _live(stream: str, week: str) -> KeyChain | None:
    found: KeyChain | None = KeyChain.objects.filter(stream=stream, week=week, destroyed_at__isnull=True).first()
    return found


def _made(organization_id: UUID, stream: str, week: str) -> KeyChain:
    chain_id, provider = uuid7(), key_provider()
    wrapped = provider.wrap(
        organization_id=organization_id,
        context=chain_context(chain_id=chain_id, stream=stream, week=week),
        key=secrets.token_bytes(32),
    )
    mine = KeyChain(
        id=chain_id,
        organization_id=organization_id,
        stream=stream,
        week=week,
        provider=provider.name,
        wrapped_key=wrapped,
    )
    # Whoever comes second waits for the first to commit and then reads the first one's row.
    KeyChain.objects.bulk_create([mine], ignore_conflicts=True)
    row = _live(stream, week)
    assert row is not None
    return row


def _bases(chain_id: UUID) -> dict[int, Base]:
    """Per page index the newest page of the chain that stands alone."""
    rows = (
        Record.objects.filter(chain_id=chain_id, codec=codec.PLAIN)
        .order_by("page", "-seq")
        .distinct("page")
        .values_list("page", "object_id", "ct_sha256")
    )
    return {page: Base(object_id=object_id, ct_sha256=bytes(digest)) for page, object_id, digest in rows}
