"""Errors that rooms raise for people, turned into a page with a sentence and a 4xx."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.defaults import page_not_found

from organizations.database_refusals import refusal_of
from organizations.errors import AttestryError, NotFound


class RefusalMiddleware:
    """`AttestryError` becomes its status and its sentence; a value that the database cannot hold (22xxx) becomes a
    400, a race a 409.

    It stands inside the organization's middleware, which rolls back whatever answers 400 or more.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django's hook for an exception that a view let through; None leaves it to Django."""
        if isinstance(error, NotFound):
            return page_not_found(request, Http404())
        if isinstance(error, AttestryError):
            return render(request, "400.html", {"error": error}, status=error.status)
        refusal = refusal_of(error)
        if refusal is not None:
            return render(request, "400.html", {"error": refusal}, status=refusal.status)
        return None
