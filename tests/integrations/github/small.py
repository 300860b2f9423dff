"""An organization small enough to read in one look: every kind of person and of guard once."""

from __future__ import annotations

from typing import Any

ACCOUNT = "777"


def small() -> dict[str, Any]:
    """The stand-in's state (its tokens stay)."""
    return {
        "organization": {
            "login": "acme", "id": int(ACCOUNT), "type": "Organization", "default_repository_permission": "read",
            "two_factor_requirement_enabled": True, "members_can_create_repositories": False,
            "members_can_create_public_repositories": False,
        },
        "owner": True,
        "members": [
            _person(1, "ada", role="admin"), _person(2, "bo", role="admin"), _person(3, "cy"), _person(4, "di", two_factor=False),
            _person(5, "ed", two_factor=False), _person(6, "flo", two_factor=False),
        ],
        "outside": [_person(8, "gil"), _person(9, "hal", two_factor=False)],
        "repositories": [
            _repository(11, "bare"),
            _repository(12, "classic", protection=classic()),
            _repository(13, "ruled", rulesets=[ruleset(91)]),
            _repository(14, "both", protection=classic(required_approving_review_count=1), rulesets=[ruleset(92, approvals=2)]),
            _repository(15, "old", archived=True),
            _repository(16, "open", visibility="public", protection=classic()),
        ],
        "budget": {"limit": 5000, "used": 0},
        "secondary_limit": None,
        "split_link_headers": False,
        "now": 1_767_600_000,
    }  # fmt: skip


def _person(number: int, login: str, *, role: str = "member", two_factor: bool = True) -> dict[str, Any]:
    return {"login": login, "id": number, "type": "User", "role": role, "two_factor": two_factor}


def _repository(number: int, name: str, **given: Any) -> dict[str, Any]:
    return {
        "id": number, "name": name, "default_branch": "main", "visibility": "private", "archived": False, "fork": False,
        "protection": None, "rulesets": [], **given,
    }  # fmt: skip


def classic(**reviews: Any) -> dict[str, Any]:
    """Classic protection that holds for administrators too."""
    asked = {
        "dismiss_stale_reviews": True,
        "require_code_owner_reviews": False,
        "required_approving_review_count": 1,
        **reviews,
    }
    return {
        "required_pull_request_reviews": asked,
        "required_status_checks": {"strict": True, "contexts": ["test"], "checks": [{"context": "test", "app_id": 1}]},
        "enforce_admins": {"enabled": True},
        "allow_force_pushes": {"enabled": False},
        "allow_deletions": {"enabled": False},
    }  # fmt: skip


def ruleset(number: int, *, approvals: int = 1, bypass: Any = ()) -> dict[str, Any]:
    """An active ruleset that nobody may go around (``bypass`` None: GitHub does not show it)."""
    asked = {
        "required_approving_review_count": approvals, "dismiss_stale_reviews_on_push": False, "require_code_owner_review": True,
    }  # fmt: skip
    return {
        "id": number, "name": "main", "enforcement": "active", "bypass_actors": None if bypass is None else list(bypass),
        "rules": [
            {"type": "pull_request", "parameters": asked},
            {"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "build"}]}},
            {"type": "non_fast_forward"},
        ],
    }  # fmt: skip
