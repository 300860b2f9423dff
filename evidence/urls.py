"""Pages of this room under /o/<slug>/."""

from __future__ import annotations

from django.urls import path

from evidence.pages import record_list, record_page

urlpatterns = [
    path("evidence/", record_list.records_page, name="records"),
    path("evidence/<int:seq>/", record_page.record_page, name="record"),
    path("evidence/<int:seq>/raw", record_page.raw_page, name="record-raw"),
]
