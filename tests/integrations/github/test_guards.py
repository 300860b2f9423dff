"""Classic protection and rulesets together: the strictest holds, and what was not read is never taken for absent."""

from __future__ import annotations

import copy

import pytest

from integrations.connectors.github.streams.guards import Layer, classic, combine, ruleset
from integrations.connectors.github.streams.protection import STREAM
from tests.integrations.github.small import classic as classic_fields
from tests.integrations.github.small import ruleset as ruleset_state

GAP = {"unknown": "refused"}


def _guard(pull, name: str) -> dict:
    return next(p for p in pull(STREAM, page_size=100).payloads().values() if p["repository"] == name)


def _set(github, name: str, **given) -> None:
    def change(state):
        next(r for r in state["repositories"] if r["name"] == name).update(given)

    github.store.change(change)


def test_a_branch_that_github_calls_not_protected_is_a_fact(pull):
    found = _guard(pull, "bare")
    assert found["protected"] is False
    assert found["required_approvals"] == 0
    assert found["allow_force_pushes"] is True
    assert found["enforce_admins"] is False


def test_classic_protection_is_read(pull):
    found = _guard(pull, "classic")
    assert (found["protected"], found["required_approvals"], found["enforce_admins"]) == (True, 1, True)
    assert (found["dismiss_stale"], found["allow_force_pushes"], found["required_checks"]) == (True, False, ["test"])


def test_of_both_the_strictest_holds(pull):
    found = _guard(pull, "both")
    assert found["required_approvals"] == 2
    assert found["dismiss_stale"] is True
    assert found["code_owners"] is True
    assert found["required_checks"] == ["build", "test"]
    assert found["source"] == ["classic", "ruleset 92"]


def test_an_archived_repository_is_out_of_scope(pull):
    assert {p["repository"] for p in pull(STREAM).payloads().values()} == {"bare", "classic", "ruled", "both", "open"}


@pytest.mark.parametrize("refusal", [(404, "Not Found"), (403, "Resource not accessible by integration")])
def test_a_refused_layer_leaves_unknown_what_it_could_change(github, pull, refusal):
    _set(github, "both", guard_refusal=list(refusal))
    found = _guard(pull, "both")
    assert found["protected"] is True
    assert found["code_owners"] is True
    assert found["allow_force_pushes"] is False
    for name in ("required_approvals", "dismiss_stale", "enforce_admins", "required_checks", "source"):
        assert "unknown" in found[name], name


def test_a_refused_layer_alone_says_nothing(github, pull):
    _set(github, "bare", guard_refusal=[404, "Not Found"])
    found = _guard(pull, "bare")
    assert all("unknown" in value for name, value in found.items() if name not in ("repository", "branch"))


@pytest.mark.parametrize(
    ("bypass", "expected"),
    [((), True), ([{"actor_id": 1, "actor_type": "Team", "bypass_mode": "always"}], False)],
)
def test_who_may_go_around_a_ruleset_counts(github, pull, bypass, expected):
    _set(github, "ruled", rulesets=[ruleset_state(91, bypass=bypass)])
    assert _guard(pull, "ruled")["enforce_admins"] is expected


def test_bypass_actors_that_github_hides_are_unknown(github, pull):
    _set(github, "ruled", rulesets=[ruleset_state(91, bypass=None)])
    assert "unknown" in _guard(pull, "ruled")["enforce_admins"]


def test_a_ruleset_that_is_only_evaluated_guards_nothing(github, pull):
    _set(github, "ruled", rulesets=[{**ruleset_state(91), "enforcement": "evaluate"}])
    assert _guard(pull, "ruled")["protected"] is False


def test_rules_about_names_do_not_protect_a_branch(github, pull):
    _set(
        github, "ruled", rulesets=[{**ruleset_state(91), "rules": [{"type": "branch_name_pattern", "parameters": {}}]}]
    )
    assert _guard(pull, "ruled")["protected"] is False


def test_a_layer_that_binds_everyone_but_asks_for_less_does_not_help():
    strict = Layer(source="ruleset 1", approvals=2, binds_everyone=False)
    loose = Layer(source="classic", approvals=0, binds_everyone=True)
    assert combine([loose, strict], missing="")["enforce_admins"] is False
    assert (
        combine([Layer(source="classic", approvals=2, binds_everyone=True), strict], missing="")["enforce_admins"]
        is True
    )


def test_people_who_may_skip_reviews_are_a_way_around():
    fields = classic_fields()
    assert classic(fields).binds_everyone is True
    fields["required_pull_request_reviews"]["bypass_pull_request_allowances"] = {
        "users": [{"login": "ada"}],
        "teams": [],
    }
    assert classic(fields).binds_everyone is False


@pytest.mark.parametrize("part", ["enforce_admins", "allow_force_pushes"])
def test_a_switch_that_is_left_out_is_unknown(part):
    fields = classic_fields()
    del fields[part]
    found = combine([classic(fields)], missing="")
    assert "unknown" in found[part]


def test_no_layer_loosens_another():
    """Any further layer keeps or tightens: approvals never fall, checks never vanish, a switch never turns back."""
    one = ruleset(
        [{"type": "pull_request", "parameters": {"required_approving_review_count": 1}}], source="a", bypass=False
    )
    more = [classic(classic_fields()), ruleset(ruleset_state(5)["rules"], source="b", bypass=GAP), Layer(source="c")]
    for other in more:
        alone, together = combine([copy.deepcopy(other)], missing=""), combine([other, one], missing="")
        assert together["protected"] is True
        assert isinstance(alone["required_approvals"], int)
        assert together["required_approvals"] >= alone["required_approvals"]
        assert set(together["required_checks"]) >= set(alone["required_checks"])
        assert not (alone["allow_force_pushes"] is False and together["allow_force_pushes"] is not False)
