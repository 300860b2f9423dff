"""Every address of the product. Rooms list their own under /o/<slug>/ in their `urls.py`."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from config.front_door import front_door
from config.health import healthz, readyz

ROOMS = ("organizations.urls", "compliance.urls", "evidence.urls", "integrations.urls")
ACCOUNT_PAGES = ("accounts.urls", "organizations.account_urls")

account_pages = [page for module in ACCOUNT_PAGES if find_spec(module) for page in import_module(module).urlpatterns]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", front_door, name="front-door"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("account/", include((account_pages, "accounts"))),
    *(path("account/", include(module)) for module in ("accounts.allauth_urls",) if find_spec(module)),
    *(path("o/<slug:slug>/", include(room)) for room in ROOMS if find_spec(room)),
    *(path("api/v1/", include(module)) for module in ("config.api.urls",) if find_spec(module)),
]
