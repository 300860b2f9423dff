"""Verifying one record, step by step, in words a person can follow."""

from __future__ import annotations

import hmac
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.utils.translation import gettext as _

from evidence.errors import DoesNotMatch, EvidenceError
from evidence.keyfiles import KeyFileProblem, read_public_key
from evidence.ledger import merkle, note
from evidence.models import Checkpoint, Record
from evidence.selectors.leaves import Leaf, hashes, head, leaves
from evidence.selectors.opened import content_of
from evidence.selectors.records import differences, record_row
from evidence.types import CheckpointView, ProofNode, Step, Verification
from evidence.vault.sealing import commitment


def verify_record(seq: int) -> Verification:
    """Check one record of the bound organization from its bytes up to the signed checkpoint.

    The checkpoint is the earliest one that covers the record: it also bounds the time from above.
    A record younger than the last checkpoint is ``waiting``: nothing is wrong, two steps are open.
    Raises RecordNotFound; every defect is a step with ``ok=False``, never an exception.
    """
    row = record_row(seq)
    leaf = leaves([seq]).get(seq)
    if leaf is None:
        missing = Step(key="leaf", name=_("Leaf"), ok=False, detail=_("The log has no leaf with this number."))
        return Verification(ok=False, waiting=False, steps=(missing,), checkpoint=None, path=(), leaf="", leaf_hash="")
    steps = [_leaf_step(leaf), _row_step(row, leaf), *_bytes_steps(row, leaf)]
    checkpoint = Checkpoint.objects.filter(size__gt=seq).order_by("size", "at").first()
    path: tuple[ProofNode, ...] = ()
    if checkpoint is None:
        steps += _waiting_steps()
    else:
        inclusion, path = _inclusion_step(leaf, checkpoint)
        steps += [inclusion, _signature_step(checkpoint)]
    return Verification(
        ok=all(step.ok for step in steps),
        waiting=checkpoint is None and all(step.ok is not False for step in steps),
        steps=tuple(steps),
        checkpoint=None if checkpoint is None else _checkpoint_view(checkpoint),
        path=path,
        leaf=leaf.body.decode("utf-8", "replace"),
        leaf_hash=leaf.hash.hex(),
    )


def _leaf_step(leaf: Leaf) -> Step:
    ok = merkle.leaf_hash(leaf.body) == leaf.hash
    detail = (
        _("The hash of the leaf's text is the one in the log.")
        if ok
        else _("The leaf's text does not have the hash that stands in the log: one of them was changed.")
    )
    return Step(key="leaf", name=_("Leaf"), ok=ok, detail=detail)


def _row_step(row: Record, leaf: Leaf) -> Step:
    try:
        wrong = differences(row, leaf)
    except (ValueError, KeyError, TypeError):
        wrong = ["leaf"]
    detail = (
        _("What this page shows about the record is what the leaf says.")
        if not wrong
        else _("The record contradicts its leaf in: %(fields)s.") % {"fields": ", ".join(wrong)}
    )
    return Step(key="row", name=_("Record"), ok=not wrong, detail=detail)


def _bytes_steps(row: Record, leaf: Leaf) -> list[Step]:
    """Stored bytes under their digest; decrypted content under its commitment."""
    stored, content = _("Stored bytes"), _("Content")
    try:
        plain, salt = content_of(row)
    except DoesNotMatch as error:
        return [Step(key="bytes", name=stored, ok=False, detail=error.user_message)]
    except EvidenceError as error:
        # A key that was destroyed or is not here accuses nobody.
        return [Step(key="content", name=content, ok=None, detail=error.user_message)]
    read = Step(
        key="bytes",
        name=stored,
        ok=True,
        detail=_("%(count)s encrypted bytes were read; their SHA-256 is the one in the record.")
        % {"count": row.ct_len},
    )
    try:
        committed = bytes.fromhex(json.loads(leaf.body)["pt_commit"])
    except (ValueError, KeyError, TypeError):
        committed = b""
    ok = hmac.compare_digest(commitment(salt, plain), committed)
    detail = (
        _("Decrypted, the content matches the commitment in the leaf.")
        if ok
        else _("The decrypted content does not match the commitment in the leaf.")
    )
    return [read, Step(key="content", name=content, ok=ok, detail=detail)]


def _waiting_steps() -> list[Step]:
    detail = _("The next checkpoint will cover this record; the signer signs within minutes.")
    return [
        Step(key="inclusion", name=_("Place in the log"), ok=None, detail=detail),
        Step(key="signature", name=_("Signature"), ok=None, detail=detail),
    ]


def _inclusion_step(leaf: Leaf, checkpoint: Checkpoint) -> tuple[Step, tuple[ProofNode, ...]]:
    name, root = _("Place in the log"), bytes(checkpoint.root)
    found = hashes(checkpoint.size)
    if len(found) != checkpoint.size:
        detail = _("The log has fewer leaves than were signed.")
        return Step(key="inclusion", name=name, ok=False, detail=detail), ()
    proof = merkle.inclusion_proof(found, leaf.seq)
    walk = merkle.inclusion_path(leaf.seq, checkpoint.size, merkle.leaf_hash(leaf.body), proof) or []
    ok = merkle.verify_inclusion(leaf.seq, checkpoint.size, merkle.leaf_hash(leaf.body), proof, root)
    words = {"steps": len(proof), "size": checkpoint.size}
    detail = (
        _("Joined with %(steps)s neighbouring hashes it gives the signed root of %(size)s records.") % words
        if ok
        else _("Joined with its neighbours it does not give the signed root: the log was changed after signing.")
    )
    path = tuple(
        ProofNode(side="left" if side == "left" else "right", neighbour=neighbour.hex(), result=result.hex())
        for side, neighbour, result in walk
    )
    return Step(key="inclusion", name=name, ok=ok, detail=detail), path


def _signature_step(checkpoint: Checkpoint) -> Step:
    name = _("Signature")
    try:
        public = signer_public_key()
    except KeyFileProblem as error:
        return Step(key="signature", name=name, ok=None, detail=str(error))
    said, log = note.verify(checkpoint.note, public), head()
    ok = (
        said is not None
        and log is not None
        and said.origin.endswith(f"/{log.log_id}")
        and (said.origin, said.size, said.root, said.at)
        == (checkpoint.origin, checkpoint.size, bytes(checkpoint.root), checkpoint.at)
    )
    detail = (
        _("The checkpoint is signed by the signer's key for this log.")
        if ok
        else _("The checkpoint is not what the signer's key signed for this log.")
    )
    return Step(key="signature", name=name, ok=ok, detail=detail)


def signer_public_key() -> Ed25519PublicKey:
    """The public key that checkpoints must be signed with. Raises KeyFileProblem."""
    return read_public_key(Path(settings.SIGNER_PUBLIC_KEY_FILE))


def _checkpoint_view(checkpoint: Checkpoint) -> CheckpointView:
    try:
        signed_by = note.verifier_key(checkpoint.origin, signer_public_key())
    except KeyFileProblem:
        signed_by = ""
    return CheckpointView(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=bytes(checkpoint.root).hex(),
        at=checkpoint.at,
        note=checkpoint.note,
        signed_by=signed_by,
    )
