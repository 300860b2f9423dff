"""Routes of this room under /api/v1/o/<slug>/."""

from __future__ import annotations

from django.urls import path

from compliance.api import views

urlpatterns = [
    path("window/", views.ObservationWindow.as_view(), name="api-window"),
    path("dashboard/", views.Dashboard.as_view(), name="api-dashboard"),
    path("heatmap/", views.Heatmap.as_view(), name="api-heatmap"),
    path("controls/", views.Controls.as_view(), name="api-controls"),
    path("controls/<str:key>/", views.Control.as_view(), name="api-control"),
    path("framework/", views.Framework.as_view(), name="api-framework"),
]
