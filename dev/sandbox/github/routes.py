"""Which request gets which answer, over the state. Pure: a state and a call in, a reply out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dev.sandbox.github.wire import Call, Reply, paged, refused

State = dict[str, Any]
NOT_FOUND = "Not Found"
_PERSON = ("login", "id", "type")


def route(state: State, call: Call) -> Reply:
    """The answer to one authorized GET."""
    for pattern, handler in _ROUTES:
        found = pattern.fullmatch(call.path)
        if found:
            return handler(state, call, **found.groupdict())
    return refused(404, NOT_FOUND)


def _organization(state: State, call: Call, org: str) -> Reply:
    own = state["organization"]
    if org not in (own["login"], str(own["id"])):
        return refused(404, NOT_FOUND)
    private = sum(1 for r in state["repositories"] if r["visibility"] != "public")
    counts = {"public_repos": len(state["repositories"]) - private, "total_private_repos": private}
    return Reply(200, {**own, **counts, "url": f"{call.base}/orgs/{own['login']}"})


def _of_organization(state: State, call: Call, org: str, what: str) -> Reply:
    own = state["organization"]
    if org not in (own["login"], str(own["id"])):
        return refused(404, NOT_FOUND)
    wanted = call.query.get("filter", "all")
    if what == "repos":
        items = [_repository(state, call, r) for r in sorted(state["repositories"], key=lambda r: r["name"])]
    else:
        if wanted.startswith("2fa") and not state.get("owner", True):
            return refused(422, "Validation Failed", errors=[{"message": "Only owners can use this filter."}])
        people = state["members" if what == "members" else "outside"]
        role = call.query.get("role", "all")
        people = [p for p in people if role in ("all", p["role"]) and (wanted != "2fa_disabled" or not p["two_factor"])]
        items = [{name: p[name] for name in _PERSON} for p in people]
    return paged(call, items, path=f"/organizations/{own['id']}/{what}", split=state["split_link_headers"])


def _repository(state: State, call: Call, repository: State) -> State:
    own = state["organization"]
    shown = {k: v for k, v in repository.items() if k not in ("protection", "rulesets", "guard_refusal")}
    name = f"{own['login']}/{repository['name']}"
    return {
        **shown,
        "full_name": name,
        "private": repository["visibility"] != "public",
        "owner": {"login": own["login"], "id": own["id"], "type": "Organization"},
        "url": f"{call.base}/repos/{name}",
    }


def _find(state: State, org: str, repo: str) -> State | None:
    if org != state["organization"]["login"]:
        return None
    return next((r for r in state["repositories"] if r["name"] == repo), None)


def _protection(state: State, call: Call, org: str, repo: str, branch: str) -> Reply:
    found = _find(state, org, repo)
    if found is None or branch != found["default_branch"]:
        return refused(404, NOT_FOUND if found is None else "Branch not found")
    if found.get("guard_refusal"):
        return refused(*found["guard_refusal"])
    if found["protection"] is None:
        return refused(404, "Branch not protected")
    return Reply(200, {"url": f"{call.base}{call.path}", **found["protection"]})


def _rules(state: State, call: Call, org: str, repo: str, branch: str) -> Reply:
    found = _find(state, org, repo)
    if found is None:
        return refused(404, NOT_FOUND)
    rules = [
        {**rule, "ruleset_id": r["id"], "ruleset_source_type": "Repository", "ruleset_source": f"{org}/{repo}"}
        for r in found["rulesets"]
        if r["enforcement"] == "active" and branch == found["default_branch"]
        for rule in r["rules"]
    ]
    return paged(call, rules, split=state["split_link_headers"])


def _ruleset(state: State, call: Call, org: str, repo: str, number: str) -> Reply:
    found = _find(state, org, repo)
    for ruleset in found["rulesets"] if found else ():
        if ruleset["id"] == int(number):
            return Reply(200, {k: v for k, v in ruleset.items() if k != "bypass_actors" or v is not None})
    return refused(404, NOT_FOUND)


Handler = Callable[..., Reply]
_REPO = r"/repos/(?P<org>[^/]+)/(?P<repo>[^/]+)"
_ROUTES: tuple[tuple[re.Pattern[str], Handler], ...] = (
    (re.compile(r"/orgs/(?P<org>[^/]+)"), _organization),
    (re.compile(r"/(?:orgs|organizations)/(?P<org>[^/]+)/(?P<what>members|outside_collaborators|repos)"), _of_organization),
    (re.compile(_REPO + r"/branches/(?P<branch>.+)/protection"), _protection),
    (re.compile(_REPO + r"/rules/branches/(?P<branch>.+)"), _rules),
    (re.compile(_REPO + r"/rulesets/(?P<number>[0-9]+)"), _ruleset),
)  # fmt: skip
