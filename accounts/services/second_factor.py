"""The second factor: authenticator app and recovery codes.

allauth keeps the rows and makes the codes. Ours is what it leaves open: the
secret is stored encrypted, and a code is accepted once, which the row itself
remembers. allauth notes used codes in the cache for one period, but with a
tolerance of one period a code lives for three, and a flushed cache forgets.
"""

from __future__ import annotations

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.database import SIGN_IN_ALIAS
from accounts.errors import WrongCode
from accounts.models import User

PERIOD_SECONDS = 30
SET_UP_SECONDS = 600
_SET_UP_SALT = "accounts.second-factor"


def clean_code(code: str) -> str:
    """Return the code without the spaces and dashes that people paste with it."""
    return "".join(character for character in code if character.isalnum())


def current_code(secret: str, *, at: float | None = None) -> str:
    """Return the six digits that an authenticator app shows now for a base32 secret."""
    moment = time.time() if at is None else at
    return str(format_hotp_value(hotp_value(secret, int(moment) // PERIOD_SECONDS)))


def start_set_up(user: User) -> tuple[str, str]:
    """Return a new base32 secret and a signed form value that carries it for ten minutes.

    Nothing is stored before the person has shown a code, so two open tabs do
    not disturb each other.
    """
    secret = generate_totp_secret()
    return secret, seal_set_up(user, secret=secret)


def seal_set_up(user: User, *, secret: str) -> str:
    """Return the signed form value for a secret; it is good for this person only."""
    return signing.dumps({"person": str(user.pk), "secret": secret}, salt=_SET_UP_SALT)


def secret_of_set_up(user: User, *, sealed: str) -> str:
    """Return the secret of a form value made by `start_set_up`. Raises `WrongCode` when it ran out."""
    try:
        content = signing.loads(sealed, salt=_SET_UP_SALT, max_age=SET_UP_SECONDS)
    except signing.BadSignature as error:
        raise _set_up_ran_out() from error
    if content.get("person") != str(user.pk):
        raise _set_up_ran_out()
    return str(content["secret"])


def finish_set_up(user: User, *, secret: str, code: str) -> tuple[str, ...]:
    """Store the authenticator after one right code and return the recovery codes, to be shown once.

    Raises `WrongCode` when the code does not belong to the secret, and when an
    authenticator was set up meanwhile (in another tab).
    """
    counter = _matching_counter(secret, clean_code(code), above=-1)
    if counter is None:
        raise _wrong_code()
    with transaction.atomic(using=SIGN_IN_ALIAS):
        User.objects.select_for_update().get(pk=user.pk)
        if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            raise WrongCode(
                _("An authenticator app is already set up."), what_to_do=_("Remove it first to set up another one.")
            )
        add_authenticator(user, secret=secret, used_counter=counter)
        return _new_recovery_codes(user)


def add_authenticator(user: User, *, secret: str, used_counter: int = -1) -> None:
    """Store an authenticator without asking for a code; for the sandbox and `finish_set_up`."""
    instance = TOTP.activate(user, secret).instance
    instance.data["used_counter"] = used_counter
    instance.save(update_fields=["data"])


def replace_recovery_codes(user: User) -> tuple[str, ...]:
    """Make ten new recovery codes and return them, to be shown once; the old ones stop working.

    Raises `WrongCode` when the person has no authenticator that they would stand in for.
    """
    with transaction.atomic(using=SIGN_IN_ALIAS):
        User.objects.select_for_update().get(pk=user.pk)
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            raise WrongCode(_("There is no authenticator app."), what_to_do=_("Set one up first."))
        return _new_recovery_codes(user)


def remove_second_factor(user: User) -> None:
    """Remove the authenticator and the recovery codes of a person."""
    Authenticator.objects.filter(user=user).delete()


def use_code(user: User, code: str) -> str:
    """Take a code of the authenticator or a recovery code and return `totp` or `recovery`.

    Each code is accepted once, under a lock on its row. Raises `WrongCode`.
    """
    typed = clean_code(code)
    with transaction.atomic(using=SIGN_IN_ALIAS), transaction.atomic():
        rows = {row.type: row for row in Authenticator.objects.select_for_update().filter(user=user)}
        totp = rows.get(Authenticator.Type.TOTP)
        if totp is not None and _take_totp(totp, typed):
            return "totp"
        codes = rows.get(Authenticator.Type.RECOVERY_CODES)
        if codes is not None and totp is not None and typed and codes.wrap().validate_code(typed):
            return "recovery"
    raise _wrong_code()


def secret_of(user: User) -> str | None:
    """Return the base32 secret of a person's authenticator, or None. For `manage.py totp` alone."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return decrypt(row.data["secret"]) if row is not None else None


def _take_totp(row: Authenticator, typed: str) -> bool:
    last = int(row.data.get("used_counter", -1))
    counter = _matching_counter(decrypt(row.data["secret"]), typed, above=last)
    if counter is None:
        return False
    row.data["used_counter"] = counter
    row.save(update_fields=["data"])
    return True


def _matching_counter(secret: str, typed: str, *, above: int) -> int | None:
    now = int(time.time()) // PERIOD_SECONDS
    for counter in range(now - settings.MFA_TOTP_TOLERANCE, now + settings.MFA_TOTP_TOLERANCE + 1):
        if counter > above and constant_time_compare(typed, format_hotp_value(hotp_value(secret, counter))):
            return counter
    return None


def _new_recovery_codes(user: User) -> tuple[str, ...]:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return tuple(RecoveryCodes.activate(user).generate_codes())


def _wrong_code() -> WrongCode:
    return WrongCode(
        _("The code is not right, or was used before."),
        what_to_do=_("Type the code that the app shows now; each code works once."),
    )


def _set_up_ran_out() -> WrongCode:
    return WrongCode(_("This set-up was open for too long."), what_to_do=_("Scan the new code and try again."))
