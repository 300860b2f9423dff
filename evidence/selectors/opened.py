from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from evidence.errors import ChainDestroyed, SealBroken
from evidence.models import KeyChain, Record
from evidence.selectors.records import record, record_row
from evidence.types import OpenedRecord
from evidence.vault import codec, envelope, sealing
from evidence.vault.blobs import blob_store
from evidence.vault.keys import chain_context, key_provider
from organizations import scope


def open_record(seq: int) -> OpenedRecord:
    """Decrypt one record of the bound organization.

    Raises RecordNotFound, ChainDestroyed, KeyUnavailable, BlobMissing, BlobDamaged, SealBroken. It
    does not check the leaf; :func:`verify_record` does.
    """
    view = record(seq)
    content, _salt = content_of(record_row(seq))
    opened = envelope.unpack(content)
    return OpenedRecord(
        view=view,
        request=opened.request,
        status=opened.status,
        headers=opened.headers,
        body=opened.body,
        collector_version=opened.collector_version,
        credential_identity=opened.credential_identity,
        counts=opened.counts,
        known_at=opened.known_at,
    )


def content_of(row: Record) -> tuple[bytes, bytes]:
    """(content, salt) of a record, for this room's selectors."""
    key = _key(row.chain_id)

    def base_content(object_id: UUID) -> bytes:
        base = Record.objects.filter(object_id=object_id, chain_id=row.chain_id, codec=codec.PLAIN).first()
        if base is None:
            raise SealBroken(
                "The page that this record was compressed against is gone.", what_to_do="Run manage.py evidence_fsck."
            )
        return _opened(base, key, _no_further_base)[0]

    return _opened(row, key, base_content)


def _opened(row: Record, key: bytes, base_content: Callable[[UUID], bytes]) -> tuple[bytes, bytes]:
    organization_id = scope.current().organization_id
    ciphertext = blob_store().get(organization_id=organization_id, digest=bytes(row.ct_sha256))
    return sealing.unseal(
        ciphertext, key=key, organization_id=organization_id, object_id=row.object_id, base_content=base_content
    )


def _key(chain_id: UUID) -> bytes:
    chain = KeyChain.objects.filter(id=chain_id).first()
    if chain is None:
        raise SealBroken("The key of this record is gone.", what_to_do="Restore the database from the backup.")
    if chain.destroyed_at is not None:
        raise ChainDestroyed(
            "The key of this record was destroyed on purpose.", what_to_do="Its leaf still proves that it existed."
        )
    return key_provider().unwrap(
        organization_id=scope.current().organization_id,
        context=chain_context(chain_id=chain_id, stream=chain.stream, week=chain.week),
        wrapped=bytes(chain.wrapped_key),
    )


def _no_further_base(_object_id: UUID) -> bytes:
    raise SealBroken("A base must stand alone.", what_to_do="Run manage.py evidence_fsck.")
