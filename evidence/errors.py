"""What can go wrong with evidence, each with a sentence that says what to do."""

from __future__ import annotations

from organizations.errors import AttestryError


class EvidenceError(AttestryError):
    """Base of this room's errors."""


class KeyUnavailable(EvidenceError):
    """The organization's key or the chain's data key cannot be used."""


class ChainDestroyed(EvidenceError):
    """The data key of this record was destroyed on purpose; its bytes can never be read again."""


class DoesNotMatch(EvidenceError):
    """What is stored is not what was sealed."""


class BlobMissing(DoesNotMatch):
    """The store has no bytes under this digest."""


class BlobDamaged(DoesNotMatch):
    """The store's bytes do not have the digest under which they are kept."""


class SealBroken(DoesNotMatch):
    """Decryption or the commitment failed: the bytes are not those that were sealed."""


class SecretInEnvelope(EvidenceError):
    """A collector tried to seal a credential as part of the request line."""


class PageTooLarge(EvidenceError):
    """One page is larger than a sealed record may be."""


class RecordNotFound(EvidenceError):
    """No record with this sequence number in this organization."""
