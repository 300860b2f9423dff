"""Sealing, in three steps: open the chain (bound), store each page (unbound), append its leaf (bound)."""

from __future__ import annotations

from evidence.services.append_page import append_page
from evidence.services.open_chain import open_chain
from evidence.services.store_page import store_page

__all__ = ["append_page", "open_chain", "store_page"]
