"""Bulk insert into organization tables: ``INSERT … SELECT FROM unnest(…)``, because COPY FROM is refused under row-level
security and executemany is four times slower (performance.md). One statement per ten thousand rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connections, models

from organizations import scope
from organizations.gate.identifiers import uuid7

BATCH = 10_000


def insert_rows(model: type[models.Model], rows: Sequence[Mapping[str, Any]], *, conflict: str = "") -> int:
    """Insert rows of one shape: attribute names to values. ``id`` is made when missing; the database fills the
    organization and the stamps. ``conflict`` is the rest of an ``on conflict`` clause. Returns the rows written.

    Raises `scope.Unbound` outside a scope. No rows, no statement.
    """
    scope.current()
    if not rows:
        return 0
    names = list(rows[0]) if "id" in rows[0] else ["id", *rows[0]]
    fields = [_column(model, name) for name in names]
    statement = _statement(model, fields, conflict)
    written = 0
    with connections[scope.ALIAS].cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            cursor.execute(
                statement,
                [[_value(field, row.get(name)) for row in batch] for name, field in zip(names, fields, strict=True)],
            )
            written += cursor.rowcount
    return written


def _column(model: type[models.Model], name: str) -> Any:
    return next(field for field in model._meta.local_fields if field.attname == name)


def _statement(model: type[models.Model], fields: list[Any], conflict: str) -> str:
    columns = [field.column for field in fields]
    arrays = [f"%s::{_array_type(field)}[]" for field in fields]
    taken = [f"{column}::jsonb" if _is_json(field) else column for column, field in zip(columns, fields, strict=True)]
    return (
        f"insert into {model._meta.db_table} ({', '.join(columns)}) select {', '.join(taken)} "
        f"from unnest({', '.join(arrays)}) as given({', '.join(columns)})"
        + (f" on conflict {conflict}" if conflict else "")
    )


def _array_type(field: Any) -> str:
    if _is_json(field):
        return "text"
    return str(
        field.target_field.db_type(connections[scope.ALIAS])
        if field.is_relation
        else field.db_type(connections[scope.ALIAS])
    )


def _is_json(field: Any) -> bool:
    return isinstance(field, models.JSONField)


def _value(field: Any, value: Any) -> Any:
    if field.column == "id" and value is None:
        return uuid7()
    if _is_json(field):
        return None if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"))
    return value
