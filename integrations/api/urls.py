"""Routes of this room under /api/v1/o/<slug>/."""

from __future__ import annotations

from django.urls import path

from integrations.api import views

_ONE = "connections/<uuid:connection_id>/"

urlpatterns = [
    path("connections/", views.Connections.as_view(), name="api-connections"),
    path(_ONE, views.Connection.as_view(), name="api-connection"),
    path(f"{_ONE}pulls/", views.Pulls.as_view(), name="api-pulls"),
    path(f"{_ONE}pull/", views.PullNow.as_view(), name="api-pull-now"),
    path(f"{_ONE}test/", views.Test.as_view(), name="api-connection-test"),
]
