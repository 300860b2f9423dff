"""Addresses below `/account/` that make a membership; config puts them into the namespace `accounts`."""

from __future__ import annotations

from django.urls import path, re_path

from organizations.pages import founding

urlpatterns = [
    path("found/", founding.found, name="found"),
    re_path(r"^accept/(?P<part>[A-Za-z0-9_-]{40,1000})/$", founding.accept_invitation, name="accept"),
]
