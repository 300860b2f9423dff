"""Pages of this room, under /o/<slug>/."""

from __future__ import annotations

from django.urls import path

from compliance.pages.adopt import adopt
from compliance.pages.control import change_owner, control
from compliance.pages.controls import controls
from compliance.pages.dashboard import dashboard
from compliance.pages.framework import framework
from compliance.pages.owners import owners
from compliance.pages.window import window
from compliance.pages.write import write_control

urlpatterns = [
    path("", dashboard, name="dashboard"),
    path("window/", window, name="window"),
    path("framework/", framework, name="framework"),
    path("controls/", controls, name="controls"),
    path("controls/adopt/", adopt, name="adopt-controls"),
    path("controls/write/", write_control, name="write-control"),
    path("controls/owners/", owners, name="owners"),
    path("controls/<str:key>/", control, name="control"),
    path("controls/<str:key>/owner/", change_owner, name="change-owner"),
]
