"""Which second factors a person has."""

from __future__ import annotations

from uuid import UUID

from allauth.mfa.models import Authenticator

from accounts.types import FactorsView


def factors_of(person_id: UUID) -> FactorsView:
    """Return the second factors that the person has set up, without any secret."""
    by_type = {row.type: row for row in Authenticator.objects.filter(user_id=person_id)}
    totp = by_type.get(Authenticator.Type.TOTP)
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    return FactorsView(
        authenticator=totp is not None,
        recovery_codes_left=len(codes.wrap().get_unused_codes()) if codes is not None else 0,
        added_at=totp.created_at if totp is not None else None,
    )
