"""Mail that tells a person that something about the account changed."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.models import User

logger = logging.getLogger(__name__)


def tell_person(user: User, what: str) -> None:
    """Mail `what` to the person. A mail server that does not answer stops nothing: the act is done."""
    body = render_to_string("emails/account_changed.txt", {"name": user.name, "what": what, "url": settings.HOST_URL})
    try:
        send_mail(what, body, settings.DEFAULT_FROM_EMAIL, [user.email])
    except (SMTPException, OSError):
        logger.warning("account notice could not be mailed")
