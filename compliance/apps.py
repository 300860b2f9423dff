"""Django application of the compliance room."""

from __future__ import annotations

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Controls, checks and status over time."""

    name = "compliance"

    def ready(self) -> None:
        """Tell the set-up page which of its steps are this room's."""
        from compliance import setup_steps

        setup_steps.register()
