"""Routes of the API, room by room."""

from __future__ import annotations

from django.urls import include, path

from config.api.openapi import openapi

ROOMS = ("organizations", "compliance", "evidence", "integrations")

urlpatterns = [
    path("openapi.json", openapi, name="api-description"),
    *(path("o/<slug:slug>/", include(f"{room}.api.urls")) for room in ROOMS),
]
