"""What the launcher of the embedded servers may raise."""

from __future__ import annotations


class LaunchError(Exception):
    """A server could not be found, started or reached; the message says what to do about it."""
