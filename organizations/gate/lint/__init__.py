"""The schema lint (G7): what the catalog says, compared with what the table classes, the models and the reviewed lists say.

`findings(ask)` is the whole of it; `manage.py rls_lint` prints it. It reads the catalog only, so any role may run it.
"""

from __future__ import annotations

from organizations.gate.lint.findings import Ask, Finding, findings

__all__ = ["Ask", "Finding", "findings"]
