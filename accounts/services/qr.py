"""The picture that an authenticator app scans, as the path of an inline SVG.

Inline and without `data:` addresses, because the content security policy
allows neither foreign images nor styles (ux.md 12).
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

import qrcode
from django.conf import settings

QUIET_ZONE = 4


def authenticator_address(email: str, *, secret: str) -> str:
    """Return the `otpauth://` address of a base32 secret, in the key URI format that apps read."""
    issuer = settings.MFA_TOTP_ISSUER
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(email)}?{query}"


def qr_path(text: str) -> tuple[str, int]:
    """Return the SVG path of the dark modules and the side of the square, both in modules."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    parts = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark]
    return "".join(parts), len(matrix)
