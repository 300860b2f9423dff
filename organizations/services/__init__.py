"""Writes of this room; all need an open scope."""
