"""UUIDv7 (RFC 9562, 5.7), made here because PostgreSQL has it only from 18 on."""

from __future__ import annotations

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A time-ordered identifier: 48 bits of Unix milliseconds, 74 random bits. Never a clock for evidence."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)
