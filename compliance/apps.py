"""Django application of the compliance room."""

from __future__ import annotations

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Controls, checks and status over time."""

    name = "compliance"
