"""Django application of the wiring."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Commands and tags that belong to no room."""

    name = "config"
