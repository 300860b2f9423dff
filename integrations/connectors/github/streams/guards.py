"""What guards a branch: classic protection and each ruleset as a layer, and what the layers amount to together. Pure.

GitHub applies all layers at once, so the strictest holds (docs.github.com, about rulesets: layering). A layer that
could not be read leaves unknown whatever it could still change; it never counts as absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from integrations.connectors.contract import unknown
from integrations.connectors.github.answers import text, truth, whole

Unknown: TypeAlias = dict[str, str]
# Rules that guard what is already on the branch. Others (name patterns, creation) do not protect it.
GUARDING = frozenset({
    "pull_request", "required_status_checks", "non_fast_forward", "deletion", "update", "required_signatures",
    "required_linear_history", "required_deployments", "merge_queue", "workflows", "code_scanning",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One source of requirements. ``binds_everyone``: nobody may go around it."""

    source: str
    approvals: int | Unknown = 0
    dismiss_stale: bool | Unknown = False
    code_owners: bool | Unknown = False
    checks: tuple[str, ...] | Unknown = ()
    blocks_force: bool | Unknown = False
    binds_everyone: bool | Unknown = False


def classic(fields: Mapping[str, Any]) -> Layer:
    """Classic protection as its call answers it. A part that is left out is not required."""
    reviews = fields.get("required_pull_request_reviews")
    asked: dict[str, Any] = {}
    if isinstance(reviews, dict):
        asked = {
            "approvals": whole(reviews, "required_approving_review_count"),
            "dismiss_stale": truth(reviews, "dismiss_stale_reviews"),
            "code_owners": truth(reviews, "require_code_owner_reviews"),
        }
    elif "required_pull_request_reviews" in fields:
        odd = unknown("required_pull_request_reviews is not in the documented form")
        asked = {"approvals": odd, "dismiss_stale": odd, "code_owners": odd}
    return Layer(
        source="classic",
        checks=_classic_checks(fields),
        blocks_force=_negated(_switch(fields, "allow_force_pushes")),
        binds_everyone=_classic_binds(fields, reviews),
        **asked,
    )


def _classic_checks(fields: Mapping[str, Any]) -> tuple[str, ...] | Unknown:
    if "required_status_checks" not in fields:
        return ()
    given = fields["required_status_checks"]
    contexts = given.get("contexts") if isinstance(given, dict) else None
    listed = given.get("checks", []) if isinstance(given, dict) else None
    if not isinstance(contexts, list) or not isinstance(listed, list):
        return unknown("required_status_checks is not in the documented form")
    names = [*contexts, *(c.get("context") if isinstance(c, dict) else None for c in listed)]
    return _names(names)


def _classic_binds(fields: Mapping[str, Any], reviews: Any) -> bool | Unknown:
    admins = _switch(fields, "enforce_admins")
    allowances = reviews.get("bypass_pull_request_allowances") if isinstance(reviews, dict) else None
    if admins is True and isinstance(allowances, dict) and any(allowances.values()):
        return False
    return admins


def _switch(fields: Mapping[str, Any], name: str) -> bool | Unknown:
    given = fields.get(name)
    if isinstance(given, dict):
        found = truth(given, "enabled")
        return found if isinstance(found, bool) else unknown(f"{name}.enabled is not in the answer")
    return unknown(f"{name} is not in the answer")


def _negated(value: bool | Unknown) -> bool | Unknown:
    return value if isinstance(value, dict) else not value


def ruleset(rules: Sequence[Mapping[str, Any]], *, source: str, bypass: bool | Unknown) -> Layer:
    """The active rules of one ruleset on the branch; ``bypass`` says whether anybody may go around it."""
    layer: dict[str, Any] = {"source": source, "binds_everyone": _negated(bypass)}
    for rule in rules:
        given = rule.get("parameters")
        values: Mapping[str, Any] = given if isinstance(given, dict) else {}
        if rule.get("type") == "pull_request":
            layer["approvals"] = whole(values, "required_approving_review_count")
            layer["dismiss_stale"] = truth(values, "dismiss_stale_reviews_on_push")
            layer["code_owners"] = truth(values, "require_code_owner_review")
        elif rule.get("type") == "required_status_checks":
            checks = values.get("required_status_checks")
            layer["checks"] = (
                _names([c.get("context") if isinstance(c, dict) else None for c in checks])
                if isinstance(checks, list)
                else unknown("required_status_checks is not in the documented form")
            )
        elif rule.get("type") == "non_fast_forward":
            layer["blocks_force"] = True
    return Layer(**layer)


def _names(given: Sequence[Any]) -> tuple[str, ...] | Unknown:
    found = [text({"context": name}, "context") for name in given]
    names = [name for name in found if isinstance(name, str)]
    return tuple(sorted(set(names))) if len(names) == len(found) else unknown("a required check has no name")


def combine(layers: Sequence[Layer], *, missing: str) -> dict[str, Any]:
    """The payload fields that the layers amount to. ``missing`` says which layer could not be read, else empty."""
    gap = unknown(missing) if missing else None
    approvals = _most([layer.approvals for layer in layers], gap)
    checks = [layer.checks for layer in layers]
    odd = gap or next((c for c in checks if isinstance(c, dict)), None)
    blocked = _any([layer.blocks_force for layer in layers], gap)
    return {
        "protected": True if layers else gap or False,
        "required_approvals": approvals,
        "dismiss_stale": _any([layer.dismiss_stale for layer in layers], gap),
        "code_owners": _any([layer.code_owners for layer in layers], gap),
        "enforce_admins": _binding(layers, approvals, gap),
        "required_checks": odd or sorted({name for c in checks if not isinstance(c, dict) for name in c}),
        "allow_force_pushes": _negated(blocked),
        "source": gap or [layer.source for layer in layers],
    }


def _most(values: Sequence[int | Unknown], gap: Unknown | None) -> int | Unknown:
    odd = gap or next((v for v in values if isinstance(v, dict)), None)
    return odd or max((v for v in values if isinstance(v, int)), default=0)


def _any(values: Sequence[bool | Unknown], gap: Unknown | None) -> bool | Unknown:
    if any(value is True for value in values):
        return True
    return gap or next((v for v in values if isinstance(v, dict)), False)


def _binding(layers: Sequence[Layer], approvals: int | Unknown, gap: Unknown | None) -> bool | Unknown:
    """Nobody may go around the approvals: some layer that asks for that many binds everyone. Another layer that binds
    everyone but asks for less does not help."""
    if isinstance(approvals, dict):
        return gap or approvals
    return _any([layer.binds_everyone for layer in layers if layer.approvals == approvals], gap)
