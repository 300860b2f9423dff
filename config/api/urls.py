"""Routes of the API, room by room."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from config.api.openapi import openapi

ROOMS = ("organizations", "compliance", "inventory", "evidence", "integrations")

urlpatterns = [
    path("openapi.json", openapi, name="api-description"),
    *(
        path("o/<slug:slug>/", include(f"{room}.api.urls"))
        for room in ROOMS
        if find_spec(f"{room}.api") and find_spec(f"{room}.api.urls")
    ),
]
