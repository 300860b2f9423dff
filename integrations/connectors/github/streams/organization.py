"""gh.org: the organization's own settings. One fact of kind ``github_organization``.

GitHub shows two-factor requirement and member rights only to a credential that may read the organization's
administration; a field that is left out is unknown, never a default.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrations.connectors.contract import Found, Need, Normalised, SealedAnswer, Session, Stream
from integrations.connectors.github.answers import (
    another_account,
    error_code,
    last_of_each_call,
    mapping,
    number,
    of,
    text,
    truth,
    whole,
)

KEY = "gh.org"
_GET = "orgs.get"


def fetch(session: Session) -> Iterator[object]:
    """One call."""
    session.call("orgs", "get", part="settings")
    yield None


def normalise(answers: Sequence[SealedAnswer], account: str) -> Normalised:
    """The organization's fact. Complete when it was read; a single missing field is unknown in the payload."""
    found = [a for a in of(last_of_each_call(answers), _GET, "settings") if not error_code(a.answer)]
    if not found:
        return Normalised(facts=(), items=0, complete=False, reason="The organization was not read.")
    fields = mapping(found[-1].answer)
    if str(number(fields)) != account:
        raise another_account()
    payload = {
        "login": text(fields, "login"),
        "two_factor_required": truth(fields, "two_factor_requirement_enabled"),
        "default_repository_permission": text(fields, "default_repository_permission"),
        "members_can_create_repositories": truth(fields, "members_can_create_repositories"),
        "members_can_create_public_repositories": truth(fields, "members_can_create_public_repositories"),
        "public_repositories": whole(fields, "public_repos"),
        "private_repositories": whole(fields, "total_private_repos"),
    }
    gaps = [name for name, value in payload.items() if isinstance(value, dict)]
    reason = f"Not read: {', '.join(gaps)}." if gaps else ""
    fact = Found(kind="github_organization", key=account, payload=payload, seal=found[-1].seal)
    return Normalised(facts=(fact,), items=1, complete=True, reason=reason)


STREAM = Stream(
    key=KEY,
    name="Organization settings",
    kind="configuration",
    fact_kind="github_organization",
    pull_every_hours=1,
    stale_after_hours=2,
    completeness="Documented shape with the judged fields present; a refused or missing field leaves that item unknown",
    needs=(
        Need(
            action="organization_administration:read",
            operation=_GET,
            loses="Whether two-factor authentication is required, and what members may do, is not observed.",
        ),
    ),
    fetch=fetch,
    normalise=normalise,
)
