from __future__ import annotations

from uuid import UUID

from evidence.errors import BlobDamaged, BlobMissing, SealBroken
from evidence.types import Chain, ReceivedPage, StoredPage
from evidence.vault import envelope, sealing
from evidence.vault.blobs import blob_store
from organizations.gate.identifiers import uuid7


def store_page(chain: Chain, page: ReceivedPage) -> StoredPage:
    """Encrypt a page as received and put it into the store; the bytes were read back when this returns.

    UNBOUND: touches no database. Raises ValueError for a page of another stream, SecretInEnvelope,
    PageTooLarge, and OSError when the store fails; then nothing cites the page, and a pull that
    meets it is partial. A stored page without a leaf is an orphan that fsck reports.
    """
    if page.stream != chain.stream:
        raise ValueError(f"a page of {page.stream} cannot enter the chain of {chain.stream}")
    if page.observed_at.tzinfo is None or (page.known_at is not None and page.known_at.tzinfo is None):
        raise ValueError("a page's times carry their zone")
    object_id = uuid7()
    sealed = sealing.seal(
        envelope.pack(page),
        key=chain.key,
        organization_id=chain.organization_id,
        object_id=object_id,
        base=_base_content(chain, page.page),
    )
    blob_store().put(organization_id=chain.organization_id, data=sealed.ciphertext)
    return StoredPage(
        organization_id=chain.organization_id,
        chain_id=chain.id,
        stream=chain.stream,
        page=page.page,
        object_id=object_id,
        ct_sha256=sealed.ct_sha256,
        ct_len=len(sealed.ciphertext),
        pt_commit=sealed.pt_commit,
        codec=sealed.codec,
        body_size=len(page.body),
        observed_at=page.observed_at,
        known_at=page.known_at,
    )


def _base_content(chain: Chain, page: int) -> tuple[UUID, bytes] | None:
    """(object id, content) of the page's base, or None: a damaged base must not stop today's seal."""
    base = chain.bases.get(page)
    if base is None:
        return None
    try:
        ciphertext = blob_store().get(organization_id=chain.organization_id, digest=base.ct_sha256)
        content, _salt = sealing.unseal(
            ciphertext,
            key=chain.key,
            organization_id=chain.organization_id,
            object_id=base.object_id,
            base_content=_no_base,
        )
    except (BlobMissing, BlobDamaged, SealBroken):
        return None
    return base.object_id, content


def _no_base(_object_id: UUID) -> bytes:
    raise SealBroken("A base must stand alone.", what_to_do="Run manage.py evidence_fsck.")
