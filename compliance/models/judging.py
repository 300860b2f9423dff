"""What checks answered: flips and events (ledgers), the outcome in force (projection), and which version judged."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import LedgerModel, ProjectionModel, Reference


class CheckParameters(LedgerModel):
    """The organization's own values for a check's parameters, over the catalog's defaults; the newest version counts."""

    check_id = models.TextField()
    version = models.IntegerField()
    values = models.JSONField()
    effective_at = models.DateTimeField()
    actor_id = models.UUIDField()

    class Meta(LedgerModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "check_id", "version"], name="compliance_checkparameters_number"
            ),
        ]


class CheckInForce(LedgerModel):
    """From ``observed_at`` on, a check judges a connection's facts with this version of its logic and parameters."""

    check_id = models.TextField()
    connection_id = models.UUIDField()
    check_version = models.TextField()
    parameters_version = models.TextField()
    parameters = models.JSONField()
    observed_at = models.DateTimeField()

    class Meta(LedgerModel.Meta):
        indexes = [
            models.Index(
                fields=["organization_id", "connection_id", "check_id", "observed_at"],
                name="compliance_checkinforce_line",
            ),
        ]


class Flip(LedgerModel):
    """The outcome of (check, resource) changed, citing the seal and every version that it rests on.

    ``outcome``: pass, fail, not_applicable, unknown, or ``gone`` where a complete pull no longer lists the resource.
    ``failing_since``: start of the failure that this row belongs to; an unknown after a fail carries it on.
    ``fact_id``: the version of the fact that was judged. ``scope_version``: 1 means everything connected is in scope.
    """

    check_id = models.TextField()
    check_version = models.TextField()
    parameters_version = models.TextField()
    scope_version = models.IntegerField()
    control_versions = models.JSONField()
    connection_id = models.UUIDField()
    resource_kind = models.TextField()
    resource_key = models.TextField()
    before = models.TextField(blank=True)
    outcome = models.TextField()
    reason = models.TextField()
    seal = models.BigIntegerField()
    fact_id = models.UUIDField()
    observed_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)

    class Meta(LedgerModel.Meta):
        indexes = [
            models.Index(
                fields=["organization_id", "check_id", "connection_id", "resource_key", "observed_at"],
                name="compliance_flip_line",
            ),
            models.Index(fields=["organization_id", "check_id", "observed_at"], name="compliance_flip_time"),
        ]


class Event(LedgerModel):
    """One judged event of an event duty, at its own time. A later ``revision`` corrects an earlier one and stays beside it."""

    check_id = models.TextField()
    check_version = models.TextField()
    parameters_version = models.TextField()
    scope_version = models.IntegerField()
    control_versions = models.JSONField()
    connection_id = models.UUIDField()
    resource_kind = models.TextField()
    resource_key = models.TextField()
    occurred_at = models.DateTimeField()
    revision = models.IntegerField()
    outcome = models.TextField()
    reason = models.TextField()
    seal = models.BigIntegerField()
    fact_id = models.UUIDField()
    observed_at = models.DateTimeField()

    class Meta(LedgerModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "check_id", "connection_id", "resource_key", "occurred_at", "revision"],
                name="compliance_event_one",
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "check_id", "occurred_at"], name="compliance_event_time")]


class CurrentOutcome(ProjectionModel):
    """What a check says of a resource now. ``valid_until``: when time alone may change it."""

    check_id = models.TextField()
    connection_id = models.UUIDField()
    resource_kind = models.TextField()
    resource_key = models.TextField()
    outcome = models.TextField()
    reason = models.TextField()
    seal = models.BigIntegerField()
    fact_id = models.UUIDField()
    flip = Reference("compliance.Flip")
    since = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)

    class Meta(ProjectionModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "connection_id", "check_id", "resource_key"],
                name="compliance_currentoutcome_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "valid_until"],
                name="compliance_outcome_valid",
                condition=models.Q(valid_until__isnull=False),
            ),
        ]
