"""The one field class of the gate, and the columns that the application may read but never write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import DO_NOTHING
from django.db.models.functions import Coalesce

from organizations.gate.expressions import ClockTimestamp, SimulatedNow


class Reference(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key between two organization tables.

    The ORM joins by `id`; the database enforces `(organization_id, <name>_id)` → `(organization_id, id)`, which
    `GuardTable` writes, because Django 5.2 has no foreign key to a composite key and a key on `id` alone would let B
    point at A's rows (security.md, rows 8 and 9). Nothing cascades. Indexes are the author's: they lead with
    `organization_id`.
    """

    def __init__(
        self,
        to: type[models.Model] | str,
        on_delete: Callable[..., Any] = DO_NOTHING,
        related_name: str | None = "+",
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        parent_link: bool = False,
        to_field: str | None = None,
        db_constraint: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs["db_index"] = False
        super().__init__(
            to,
            on_delete,
            related_name,
            related_query_name,
            limit_choices_to,
            parent_link,
            to_field,
            db_constraint,
            **kwargs,
        )


class DatabaseStamp(models.DateTimeField):  # type: ignore[type-arg]
    """A time that the database fills in. `app_rt` has no INSERT right on the column, so no statement may name it:
    `generated` keeps Django from listing it, the migration sees a plain column with a default."""

    generated = True
    db_returning = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


def recorded_at() -> DatabaseStamp:
    """When the database wrote the row: clock_timestamp(), UTC."""
    return DatabaseStamp(db_default=ClockTimestamp())


def simulated_at() -> DatabaseStamp:
    """The sandbox organization's clock when the row was written; NULL for every other organization."""
    return DatabaseStamp(null=True, db_default=SimulatedNow())


def known_at() -> models.GeneratedField:
    """When the organization knew: `recorded_at`, except in a sandbox, where it is the simulated time."""
    return models.GeneratedField(
        expression=Coalesce("simulated_at", "recorded_at"), output_field=models.DateTimeField(), db_persist=True
    )
