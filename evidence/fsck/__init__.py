"""Re-derivation of everything that the log, the records and the vault claim. Shares no code with the writer."""

from __future__ import annotations

from evidence.fsck.findings import Finding, Report
from evidence.fsck.inspect import Trust, inspect_organization
from evidence.fsck.store import stray_folders

__all__ = ["Finding", "Report", "Trust", "inspect_organization", "stray_folders"]
