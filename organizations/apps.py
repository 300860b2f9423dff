"""Django application of the organizations room."""

from __future__ import annotations

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """The tenant and its gate."""

    name = "organizations"
    default_auto_field = "django.db.models.BigAutoField"
