"""Attacks on the web and API surface, each by its own door."""
