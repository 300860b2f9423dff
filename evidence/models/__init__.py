from __future__ import annotations

from evidence.models.checkpoint import Checkpoint
from evidence.models.keychain import KeyChain
from evidence.models.record import Record

__all__ = ["Checkpoint", "KeyChain", "Record"]
