"""The three table classes. There is no fourth (security.md 4.3, ADR 0002)."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db import models

from organizations import scope
from organizations.gate import fields
from organizations.gate.expressions import Tenant
from organizations.gate.fields import Reference
from organizations.gate.identifiers import uuid7

__all__ = ["LedgerModel", "OrganizationModel", "ProjectionModel", "QueueModel", "Reference"]

M = TypeVar("M", bound=models.Model)


class OrganizationManager(models.Manager[M]):
    """Raises `scope.Unbound` before any SQL, and names the organization in every query: the first wall, and what a
    distributed Postgres would route by. The database is the second."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(organization_id=scope.current().organization_id)


class OrganizationModel(models.Model):
    """A row of one organization. The database key is (organization_id, id); Django knows `id`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization_id = models.UUIDField(db_default=Tenant(), editable=False)

    objects: ClassVar[OrganizationManager[Any]] = OrganizationManager()

    table_class: ClassVar[str]

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        bound = scope.current().organization_id
        if self._state.adding:
            self.organization_id = bound
        super().save(*args, **kwargs)


class LedgerModel(OrganizationModel):
    """Only ever appended to: SELECT and INSERT."""

    table_class = "ledger"

    recorded_at = fields.recorded_at()
    simulated_at = fields.simulated_at()
    known_at = fields.known_at()

    class Meta(OrganizationModel.Meta):
        abstract = True


class ProjectionModel(OrganizationModel):
    """Disposable: rebuilt from the ledgers by one command that shows no difference."""

    table_class = "projection"

    class Meta(OrganizationModel.Meta):
        abstract = True


class QueueModel(OrganizationModel):
    """SELECT, INSERT, and UPDATE of `queue_columns` alone."""

    table_class = "queue"
    queue_columns: ClassVar[tuple[str, ...]] = ()

    class Meta(OrganizationModel.Meta):
        abstract = True
