"""Routes of this room under /api/v1/o/<slug>/."""

from __future__ import annotations

from django.urls import path

from organizations.api import views

urlpatterns = [
    path("", views.Organization.as_view(), name="api-organization"),
    path("members/", views.Members.as_view(), name="api-members"),
    path("invitations/", views.Invitations.as_view(), name="api-invitations"),
    path("setup/", views.SetupSteps.as_view(), name="api-setup"),
    path("activity/", views.ActivityLog.as_view(), name="api-activity"),
]
