"""What a connector opens a session with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Credential:
    """Settings without secrets, the secret's values, the pinned account, the organization's external id, and the
    stand-in's address (empty: the system itself). Lives in a worker's memory only and is never printed."""

    settings: Mapping[str, Any]
    secret: Mapping[str, str] = field(repr=False)
    account: str
    external_id: str = field(repr=False)
    endpoint: str
