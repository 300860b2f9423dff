"""The one migration operation that makes a table an organization table."""

from __future__ import annotations

from typing import Any

from django.db import router
from django.db.migrations.operations.base import Operation

from organizations.gate import guard
from organizations.gate.fields import Reference


class GuardTable(Operation):
    """Composite keys, forced row-level security and the grants of the table's class, for one model of this app.

    GuardTable("Flip", "ledger"); GuardTable("Due", "queue", updates=("next_run_at",)). It reads the `Reference` fields
    and columns from the migration state, so it comes after the operations that make them, and is repeated in every
    later migration that adds a column or a reference: running it again gives the same result.

    worker_only: column that holds the connection; only a worker whose ticket names that connection may SELECT.
    visible_to: {role: columns it may SELECT across organizations}; for ids and times only (security.md 4.3).
    scheduler_updates: columns that `app_sched` may UPDATE.
    auditor_inserts: an engagement table, the only kind that an auditor may INSERT into.
    definer_inserts: written by definer functions of schema `sec` (members).
    signer_inserts: columns that the checkpoint signer may INSERT.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, name: str, table_class: str, **options: Any) -> None:
        if table_class not in guard.CLASSES:
            raise ValueError(f"{name}: a table is one of {', '.join(guard.CLASSES)}")
        self.name = name
        self.table_class = table_class
        self.options = options

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [self.name, self.table_class], self.options

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: Django's view of the model does not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        plan = self._plan(app_label, schema_editor, to_state)
        if plan is not None:
            for statement in guard.protect(plan):
                schema_editor.execute(statement)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        plan = self._plan(app_label, schema_editor, from_state)
        if plan is not None:
            for statement in guard.release(plan):
                schema_editor.execute(statement)

    def describe(self) -> str:
        return f"Guard {self.name} as a {self.table_class} table"

    def _plan(self, app_label: str, schema_editor: Any, state: Any) -> guard.Plan | None:
        if not router.allow_migrate(schema_editor.connection.alias, app_label):
            return None
        model = state.apps.get_model(app_label, self.name)
        fields = model._meta.local_fields
        return guard.Plan(
            table=model._meta.db_table,
            table_class=self.table_class,
            columns=tuple(field.column for field in fields),
            references=tuple(
                guard.ReferencePlan(column=field.column, target=field.related_model._meta.db_table)
                for field in fields
                if isinstance(field, Reference)
            ),
            **self.options,
        )
