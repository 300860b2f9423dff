"""When are two readings of a resource the same? Pure."""

from __future__ import annotations

import hashlib
import json

from inventory.resources.kinds import ResourceKind
from inventory.types import Payload


def content_digest(kind: ResourceKind, payload: Payload) -> str:
    """Digest (64 hex digits) of what the payload says; key order and passing fields do not count."""
    said = {name: value for name, value in payload.items() if name not in kind.passing}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
