"""Django application of the organizations room."""

from __future__ import annotations

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """The tenant and its gate."""

    name = "organizations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add this room's step to the set-up page."""
        from organizations import setup_steps

        setup_steps.register()
