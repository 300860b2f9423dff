"""Routes of this room under /api/v1/o/<slug>/."""

from __future__ import annotations

from django.urls import path

from evidence.api import views

urlpatterns = [
    path("evidence/", views.Records.as_view(), name="api-records"),
    path("evidence/ledger/", views.Ledger.as_view(), name="api-ledger"),
    path("evidence/<int:seq>/", views.Record.as_view(), name="api-record"),
    path("evidence/<int:seq>/verification/", views.RecordVerification.as_view(), name="api-record-verification"),
]
