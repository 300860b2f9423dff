"""Django application of the inventory room."""

from __future__ import annotations

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Facts with history, and what was read when."""

    name = "inventory"
