"""Defaults that the database alone computes."""

from __future__ import annotations

from django.db.models import DateTimeField, Func, UUIDField


class ClockTimestamp(Func):
    """The database's clock at the row, not at the start of the transaction."""

    function = "clock_timestamp"
    arity = 0
    output_field = DateTimeField()


class Tenant(Func):
    """The bound organization; raises TN001 when nothing is bound."""

    function = "sec.tenant"
    arity = 0
    output_field = UUIDField()


class SimulatedNow(Func):
    """The bound organization's clock in a sandbox, NULL everywhere else."""

    function = "sec.simulated_now"
    arity = 0
    output_field = DateTimeField()
