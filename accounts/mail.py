"""E-mail in embedded mode: kept for `/account/mail/` instead of being sent."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.errors import OnlyEmbedded
from accounts.models import StoredMail

KEPT = 500


def mail_page_is_open() -> bool:
    """Whether this installation keeps mail on a page: embedded and test mode, never production."""
    return settings.MODE in {"embedded", "test"}


class PageBackend(BaseEmailBackend):
    """Django e-mail backend that stores each message, one row per recipient.

    Raises `OnlyEmbedded` in production: mail there holds working links, and a
    page of them would be a way into every account.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the messages and return how many there were; older ones beyond `KEPT` are dropped."""
        if not mail_page_is_open():
            raise OnlyEmbedded("Mail is kept on a page in embedded mode only.", what_to_do="Set ATTESTRY_MAIL.")
        rows = [
            StoredMail(
                to=address.lower()[:254],
                sender=message.from_email[:254],
                subject=message.subject[:300],
                body=str(message.body),
            )
            for message in email_messages
            for address in message.recipients()
        ]
        StoredMail.objects.bulk_create(rows)
        newest_kept = StoredMail.objects.values_list("id", flat=True)[KEPT : KEPT + 1]
        for last in newest_kept:
            StoredMail.objects.filter(id__lte=last).delete()
        return len(email_messages)
