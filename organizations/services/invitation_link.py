"""The link in an invitation's mail.

It carries the single-use secret and the address that was invited, encrypted,
so that the page can greet the right person and tell the wrong one, and so that
no address stands in a log of requests. What the invitation is worth is decided
by the database from the secret alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

LIVES_SECONDS = 72 * 3600


@dataclass(frozen=True, kw_only=True)
class InvitationLink:
    """What a link holds."""

    secret: bytes = field(repr=False)
    email: str


def seal_link(link: InvitationLink) -> str:
    """Return the last part of the address `/account/accept/<part>/`; letters, digits, `-` and `_` only."""
    content = json.dumps({"s": base64.b64encode(link.secret).decode(), "e": link.email})
    return _cipher().encrypt(content.encode()).decode("ascii").rstrip("=")


def open_link(part: str) -> InvitationLink | None:
    """Return what the link holds, or None when it was changed or is older than 72 hours."""
    try:
        padded = (part + "=" * (-len(part) % 4)).encode("ascii")
        content = json.loads(_cipher().decrypt(padded, ttl=LIVES_SECONDS))
    except (InvalidToken, UnicodeEncodeError):
        return None
    return InvitationLink(secret=base64.b64decode(content["s"]), email=content["e"])


def _cipher() -> MultiFernet:
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = (hashlib.sha256(b"attestry invitation link|" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
