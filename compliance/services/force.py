"""Which version of each check judges with which parameters, and which controls rest on it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from compliance.catalog import load
from compliance.checks.types import Check
from compliance.checks.versions import parameters_version
from compliance.models import CheckInForce, CheckParameters, ControlVersion
from compliance.services.types import Force

# Everything that is connected is in scope; a register of exclusions will count its own versions from here.
SCOPE_VERSION = 1


def forces(connection_id: UUID, checks: Iterable[Check]) -> dict[str, Force]:
    """By check id. Two queries."""
    wanted = {check.id: check for check in checks}
    own = {
        row.check_id: row.values
        for row in CheckParameters.objects.filter(check_id__in=wanted)
        .order_by("check_id", "-version")
        .distinct("check_id")
    }
    last = {
        row.check_id: (row.check_version, row.parameters_version)
        for row in CheckInForce.objects.filter(connection_id=connection_id, check_id__in=wanted)
        .order_by("check_id", "-observed_at", "-id")
        .distinct("check_id")
    }
    found = {}
    for check_id, check in wanted.items():
        parameters = {**load.checks()[check_id].parameters, **own.get(check_id, {})}
        version = parameters_version(parameters)
        found[check_id] = Force(
            check=check,
            parameters=parameters,
            parameters_version=version,
            starts=last.get(check_id) != (check.version, version),
        )
    return found


def control_versions() -> dict[str, dict[str, int]]:
    """For each check, the controls that require it now with their definition's version. One query."""
    rows = ControlVersion.objects.select_related("control").order_by("control_id", "-version").distinct("control_id")
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        for check_id in row.checks:
            found.setdefault(check_id, {})[row.control.key] = row.version
    return found
