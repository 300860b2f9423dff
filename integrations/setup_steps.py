"""What this room adds to the set-up page at start-up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from organizations.setup import SetupStep, register_step


def register() -> None:
    """Called once by the application's ``ready``; calling it again changes nothing."""
    register_step(
        SetupStep(
            key="connect",
            order=50,
            url_name="connect",
            done=_something_is_connected,
            action=gettext_lazy("Connect AWS"),
            title=gettext_lazy("Connect a system"),
            text=gettext_lazy(
                "A read-only role in your AWS account. Nothing is observed before a system is connected."
            ),
        )
    )
    register_step(
        SetupStep(
            key="first-pull",
            order=60,
            url_name="connections",
            done=_something_was_read,
            action=gettext_lazy("See the pulls"),
            title=gettext_lazy("First complete pull"),
            text=gettext_lazy("It starts by itself after a successful test. From then on the controls are observed."),
        )
    )


def _something_is_connected() -> bool:
    from integrations.models import Connection

    return bool(Connection.objects.filter(disconnected_at__isnull=True).exists())


def _something_was_read() -> bool:
    from integrations.models import Pull

    return bool(Pull.objects.filter(outcome="complete").exists())
