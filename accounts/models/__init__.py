"""Models of the accounts room; private to it. They live in schema `signin`."""

from __future__ import annotations

from accounts.models.mail import StoredMail
from accounts.models.user import User

__all__ = ["StoredMail", "User"]
