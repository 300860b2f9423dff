"""Reading records: lists without decryption, one record opened, one record verified."""

from __future__ import annotations

from evidence.selectors.anchoring import anchoring, sealed_count, unanchored_since
from evidence.selectors.opened import open_record
from evidence.selectors.records import record, records, streams_with_records
from evidence.selectors.verification import verify_record

__all__ = [
    "anchoring",
    "open_record",
    "record",
    "records",
    "sealed_count",
    "streams_with_records",
    "unanchored_since",
    "verify_record",
]
