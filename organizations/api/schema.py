"""What drf-spectacular is told about a route: all of it read from the view itself."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from organizations.api.parameters import CURSOR, Parameter
from organizations.api.shapes import schema_of

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "what_to_do", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "what_to_do": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
_REFUSALS = {
    "400": "Malformed: the sentence says what to change.",
    "401": "No token, or one that is unknown, revoked or has ended.",
    "403": "The token's role may not do this.",
    "404": "Missing and foreign answer alike.",
}


def _type(parameter: Parameter) -> Any:
    if parameter.type is int:
        return {"type": "integer", "minimum": 1, "maximum": parameter.maximum}
    if parameter.name == CURSOR.name:
        return {"type": "string", "pattern": "^[A-Za-z0-9_-]{4,}$"}
    if parameter.type is str and not parameter.choices:
        return {"type": "string", "pattern": "^[ -~]*$", "maxLength": 500}
    return parameter.type


class ApiSchema(AutoSchema):
    """Summary, parameters, body and answers of an `ApiView`."""

    view: Any

    def get_operation_id(self) -> str:
        """Stable: the class name and the method."""
        return f"{self.method.lower()}{type(self.view).__name__}"

    def get_summary(self) -> str:
        """The view's own sentence."""
        return str(self.view.summary)

    def get_tags(self) -> list[str]:
        """The room that answers."""
        return [type(self.view).__module__.split(".")[0]]

    def get_override_parameters(self) -> list[Any]:
        """The declared query parameters."""
        return [
            OpenApiParameter(
                name=parameter.name,
                type=_type(parameter),
                description=parameter.description,
                enum=parameter.choices or None,
            )
            for parameter in self.view.parameters
        ]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Every route takes a bearer token."""
        return [{"token": []}]

    def get_request_serializer(self) -> None:
        """None: bodies and answers are dataclasses (below), and a guess would only warn."""

    def get_response_serializers(self) -> None:
        """None, as above."""

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        if self.view.body is None or self.method not in {"POST", "PUT", "PATCH"}:
            return None
        return {"required": True, "content": {"application/json": {"schema": schema_of(self.view.body)}}}

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        good = {"description": "Done.", "content": {"application/json": {"schema": schema_of(self.view.answer)}}}
        refused = {
            status: {"description": text, "content": {"application/problem+json": {"schema": PROBLEM}}}
            for status, text in _REFUSALS.items()
        }
        return {"202" if self.method == "POST" else "200": good, **refused}
