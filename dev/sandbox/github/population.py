"""The organization of Halyard AI on GitHub at rest: 43 members, 2 outside collaborators, 25 repositories. Always the same."""

from __future__ import annotations

from typing import Any

ORGANIZATION_ID = 41000101
_FIRST = [
    "olga",
    "alice",
    "bob",
    "vera",
    "amir",
    "bea",
    "carl",
    "dana",
    "emil",
    "fay",
    "gus",
    "hana",
    "ivo",
    "june",
    "kofi",
    "lena",
    "milo",
    "nora",
    "omar",
    "pia",
    "quin",
    "rosa",
    "sven",
    "tara",
    "uwe",
    "vida",
    "wim",
    "xena",
    "yara",
    "zeno",
    "ada",
    "bram",
    "cleo",
    "dirk",
    "elsa",
    "finn",
    "gaia",
    "hugo",
    "inga",
    "jack",
    "kira",
    "luca",
    "mara",
    "nils",
    "opal",
]
_REPOSITORIES = [
    "app",
    "api",
    "web",
    "worker",
    "billing",
    "auth",
    "gateway",
    "infra",
    "terraform",
    "data-pipeline",
    "model-serving",
    "evals",
    "prompts",
    "docs",
    "website",
    "mobile",
    "sdk-python",
    "sdk-js",
    "cli",
    "charts",
    "runbooks",
    "design-system",
    "sandbox-playground",
    "archive-v1",
    "archive-poc",
]


def population() -> dict[str, Any]:
    """A fresh copy of everything but the tokens."""
    people = [_person(place, name) for place, name in enumerate(_FIRST)]
    repositories = [_repository(place, name) for place, name in enumerate(_REPOSITORIES)]
    return {
        "organization": {
            "login": "halyard-ai", "id": ORGANIZATION_ID, "type": "Organization", "name": "Halyard AI",
            "default_repository_permission": "read", "two_factor_requirement_enabled": True,
            "members_can_create_repositories": False, "members_can_create_public_repositories": False,
            "created_at": "2023-02-01T09:00:00Z", "updated_at": "2026-01-05T09:00:00Z",
        },
        "members": people[:43],
        "outside": people[43:],
        "repositories": repositories,
        "app": {"id": "7001", "installation": 90001, "public_key": "", "permissions": {
            "administration": "read", "checks": "read", "contents": "read", "members": "read", "metadata": "read",
            "organization_administration": "read", "pull_requests": "read", "statuses": "read",
        }},
        "budget": {"limit": 5000, "used": 0},
        "secondary_limit": None,
        "split_link_headers": False,
        "now": None,
    }  # fmt: skip


def _person(place: int, name: str) -> dict[str, Any]:
    return {
        "login": f"{name}-halyard",
        "id": 5000 + place,
        "type": "User",
        "role": "admin" if place < 2 else "member",
        "two_factor": True,
    }


def _repository(place: int, name: str) -> dict[str, Any]:
    archived = name.startswith("archive-")
    return {
        "id": 800100 + place,
        "name": name,
        "default_branch": "main",
        "visibility": "public" if name in ("sdk-python", "sdk-js") else "private",
        "archived": archived,
        "fork": False,
        "created_at": "2023-03-01T09:00:00Z",
        "updated_at": "2026-01-05T09:00:00Z",
        # Most are guarded by a ruleset; the two oldest still by classic protection.
        "protection": _classic() if name in ("app", "api") else None,
        "rulesets": [] if archived or name in ("app", "api") else [_ruleset(9100 + place)],
    }


def _classic() -> dict[str, Any]:
    return {
        "required_pull_request_reviews": {
            "dismiss_stale_reviews": True, "require_code_owner_reviews": True, "require_last_push_approval": False,
            "required_approving_review_count": 1,
        },
        "required_status_checks": {"strict": True, "contexts": ["test"], "checks": [{"context": "test", "app_id": 15368}]},
        "enforce_admins": {"enabled": True},
        "allow_force_pushes": {"enabled": False},
        "allow_deletions": {"enabled": False},
    }  # fmt: skip


def _ruleset(number: int) -> dict[str, Any]:
    pull_request = {
        "required_approving_review_count": 1, "dismiss_stale_reviews_on_push": True, "require_code_owner_review": True,
        "require_last_push_approval": False, "required_review_thread_resolution": False,
    }  # fmt: skip
    checks = {
        "strict_required_status_checks_policy": True,
        "required_status_checks": [{"context": "test", "integration_id": 15368}],
    }
    return {
        "id": number, "name": "default branch", "enforcement": "active", "bypass_actors": [],
        "rules": [
            {"type": "pull_request", "parameters": pull_request},
            {"type": "required_status_checks", "parameters": checks},
            {"type": "non_fast_forward"},
            {"type": "deletion"},
        ],
    }  # fmt: skip
