"""Every address of the product. Rooms list their own under /o/<slug>/ in their `urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from accounts.urls import urlpatterns as account_pages
from config.front_door import front_door
from config.health import healthz, readyz
from organizations.account_urls import urlpatterns as membership_pages

ROOMS = ("organizations", "compliance", "evidence", "integrations")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", front_door, name="front-door"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("account/", include((account_pages + membership_pages, "accounts"))),
    path("account/", include("accounts.allauth_urls")),
    *(path("o/<slug:slug>/", include(f"{room}.urls")) for room in ROOMS),
    path("api/v1/", include("config.api.urls")),
]
