"""Errors that people see."""

from __future__ import annotations


class AttestryError(Exception):
    """A refusal with a sentence for people: what is wrong and what to do. Rooms subclass it; pages and API answer 4xx."""

    status = 400

    def __init__(self, message: str, *, what_to_do: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.what_to_do = what_to_do

    @property
    def user_message(self) -> str:
        """The sentence and, where there is one, the next step."""
        return f"{self.message} {self.what_to_do}".strip()


class NotFound(AttestryError):
    """Missing and foreign answer alike."""

    status = 404

    def __init__(self) -> None:
        super().__init__("This page does not exist, or you cannot see it.")
