"""Attacks on the log of evidence and its checkpoints."""

from __future__ import annotations

from typing import Any

from tests.isolation.ground import Ground, rows
from tests.isolation.vectors.registry import vector
from tests.isolation.world import append_leaf


def appended(connection: Any, **changed: Any) -> bool:
    return append_leaf(connection, **changed) is not None


@vector("L01", refusal="TN010", threat="4.2", role="app_rt (worker)")
def simulated_in_a_real_organization(at: Ground):
    """Append a leaf that says simulated in an organization that is no sandbox."""
    return appended(at.worker(at.a, None), simulated=True)


@vector("L02", refusal="TN010", threat="4.2", role="app_rt (worker)")
def real_in_a_sandbox(at: Ground):
    """Append a leaf that does not say simulated in a sandbox."""
    return appended(at.worker(at.sandbox, None), simulated=False)


@vector("L03", refusal="22023", threat="6", role="app_rt (worker)")
def observed_in_the_future(at: Ground):
    """Append a leaf that was observed after it is recorded."""
    return appended(at.worker(at.a, None), observed_at="2100-01-01T00:00:00Z")


@vector("L04", refusal="42501", threat="4.2", role="app_rt (api_read)")
def read_token_appends(at: Ground):
    """Append a leaf with a token that may only read."""
    return appended(at.token(at.a, "api_read"))


@vector("L05", refusal="42501", threat="4.3", role="app_audit")
def auditor_appends(at: Ground):
    """Append a leaf as an auditor."""
    return appended(at.bound(at.a, "vera", "app_audit"))


@vector("L06", refusal="22023", threat="6", role="app_rt (worker)")
def short_digest(at: Ground):
    """Append a leaf whose ciphertext digest is no SHA-256."""
    return appended(at.worker(at.a, None), ct_sha256=b"short")


@vector("L07", refusal="22023", threat="6", role="app_rt (worker)")
def text_that_is_json(at: Ground):
    """Write fields of one's own into the leaf through the stream's name."""
    return appended(at.worker(at.a, None), stream='x","seq":0,"v":"')


@vector("L08", refusal="22023", threat="6", role="app_rt (worker)")
def kind_that_is_json(at: Ground):
    """Write fields of one's own into the leaf through its type."""
    return appended(at.worker(at.a, None), kind='x","actor":"me')


@vector("L09", refusal="22023", threat="6", role="app_rt (worker)")
def number_beyond_json(at: Ground):
    """Append a leaf with an integer that JSON readers round (above 2^53)."""
    return appended(at.worker(at.a, None), ct_len=2**53 + 1)


@vector("L10", refusal="22023", threat="6", role="app_rt (worker)")
def negative_page(at: Ground):
    """Append a leaf with a negative page."""
    return appended(at.worker(at.a, None), page=-1)


@vector("L12", refusal="42501", threat="4.2")
def insert_a_leaf(at: Ground):
    """Insert a leaf past the function."""
    return at.bound(at.a, "olga").execute("insert into app.leaf (seq, body, hash) values (900, 'x', 'x')").rowcount


@vector("L13", refusal="42501", threat="4.2")
def move_the_head(at: Ground):
    """Move the head of one's own log."""
    return at.bound(at.a, "olga").execute("update app.log_head set size = 0").rowcount


@vector("L14", refusal="42501", threat="6")
def delete_a_leaf(at: Ground):
    """Delete the last leaf of one's own log."""
    return at.bound(at.a, "olga").execute("delete from app.leaf where seq = 2").rowcount


@vector("L15", threat="4.2")
def read_foreign_leaves(at: Ground):
    """Read the leaves of A while bound to B."""
    return rows(at.mallory(), "select body from app.leaf where organization_id = %s", (at.a.id,))


@vector("L16", threat="4.2")
def read_foreign_head(at: Ground):
    """Read the size of A's log while bound to B."""
    return rows(at.mallory(), "select size from app.log_head where organization_id = %s", (at.a.id,))


@vector("L17", refusal="42501", threat="6")
def publish_a_checkpoint(at: Ground):
    """Insert a checkpoint as the runtime role."""
    query = "insert into app.evidence_checkpoint (id, origin, size, root, at, key_type, note) values (gen_random_uuid(), 'x', 0, 'x', now(), 1, 'x')"
    return at.bound(at.a, "olga").execute(query).rowcount


@vector("L19", refusal="22023", threat="6", role="app_rt (worker)")
def observed_before_christ(at: Ground):
    """Append a leaf whose year the canonical form cannot say (before Christ)."""
    return appended(at.worker(at.a, None), observed_at="0044-03-15 00:00:00 BC")
