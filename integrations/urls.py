"""Addresses of this room, under /o/<slug>/."""

from __future__ import annotations

from django.urls import path

from integrations.pages import connection, connections

_ONE = "connections/<uuid:connection_id>/"

urlpatterns = [
    path("connections/", connections.connections, name="connections"),
    path("connect/", connections.connect, name="connect"),
    path(_ONE, connection.connection, name="connection"),
    path(f"{_ONE}test/", connection.test, name="connection-test"),
    path(f"{_ONE}pull/", connection.pull_now, name="pull-now"),
    path(f"{_ONE}clear/", connection.clear_quarantine, name="clear-quarantine"),
    path(f"{_ONE}secret/", connection.rotate_secret, name="rotate-secret"),
    path(f"{_ONE}end/", connection.disconnect, name="disconnect"),
]
