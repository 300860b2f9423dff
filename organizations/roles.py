"""Roles and what they may do. The database knows them too (`sec.membership.role`); this file is their only list in Python."""

from __future__ import annotations

from typing import Final

OWNER: Final = "owner"
SECURITY_OWNER: Final = "security_owner"
ENGINEER: Final = "engineer"
VIEWER: Final = "viewer"
AUDITOR: Final = "auditor"
API_READ: Final = "api_read"
API_WRITE: Final = "api_write"
WORKER: Final = "worker"

PEOPLE: Final = (OWNER, SECURITY_OWNER, ENGINEER, VIEWER, AUDITOR)

# Sets of roles that views name. A view without one fails the contract test on URLs.
OWNERS: Final = frozenset({OWNER})
EDITORS: Final = frozenset({OWNER, SECURITY_OWNER})
CONTRIBUTORS: Final = EDITORS | {ENGINEER}
STAFF: Final = CONTRIBUTORS | {VIEWER}
READERS: Final = STAFF | {AUDITOR}
API_READERS: Final = frozenset({API_READ, API_WRITE})
API_WRITERS: Final = frozenset({API_WRITE})
