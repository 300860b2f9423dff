"""What a person settles for a GitHub connection, and which call needs which permission. Pure.

A GitHub App installation is the way to connect: its token lives one hour and is made anew for each pull. A fine-grained
token belongs to a person and outlives their stay; it is taken only where the installation has a stand-in endpoint
(embedded and test mode).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from integrations.errors import InvalidSettings

GITHUB_ORIGIN = "https://api.github.com"
_ORGANIZATION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_TOKEN = re.compile(r"github_pat_[A-Za-z0-9_]{20,240}", re.ASCII)
_KEY = re.compile(
    r"-----BEGIN (RSA )?PRIVATE KEY-----\s[A-Za-z0-9+/=\s]{200,8000}\s-----END (RSA )?PRIVATE KEY-----", re.ASCII
)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One call: its path and the permission behind it, as GitHub's API names permissions."""

    path: str
    permission: str


# The paths and permissions as GitHub's REST description has them (api version 2022-11-28).
ENDPOINTS = {
    "orgs.get": Endpoint(path="/orgs/{org}", permission="organization_administration:read"),
    "orgs.members": Endpoint(path="/orgs/{org}/members", permission="members:read"),
    "orgs.outside_collaborators": Endpoint(path="/orgs/{org}/outside_collaborators", permission="members:read"),
    "orgs.repos": Endpoint(path="/orgs/{org}/repos", permission="metadata:read"),
    "repos.protection": Endpoint(path="/repos/{org}/{repo}/branches/{branch}/protection", permission="administration:read"),
    "repos.rules": Endpoint(path="/repos/{org}/{repo}/rules/branches/{branch}", permission="metadata:read"),
    "repos.ruleset": Endpoint(path="/repos/{org}/{repo}/rulesets/{ruleset}", permission="metadata:read"),
    "apps.token": Endpoint(path="/app/installations/{installation}/access_tokens", permission="the app's private key"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GithubAccess:
    """How to open a session: an app's installation, or (stand-in only) a fine-grained token. Never printed.
    ``account`` is the pinned organization's number, which outlives a renaming."""

    organization: str
    app_id: str = ""
    installation_id: int = 0
    private_key: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    endpoint: str = ""
    account: str = ""


def origin(endpoint: str) -> str:
    """The exact origin a secret is bound to: GitHub itself, or the stand-in's address."""
    return endpoint.rstrip("/") or GITHUB_ORIGIN


def check_organization(name: str) -> str:
    """The organization's login, or InvalidSettings."""
    if not _ORGANIZATION.fullmatch(name.strip()):
        raise InvalidSettings(
            "This is not the name of a GitHub organization.",
            what_to_do="Copy it from the address of the organization's page, for example github.com/acme gives acme.",
            field="organization",
        )
    return name.strip()


def check_installation(app_id: str, installation_id: str) -> tuple[str, int]:
    """App and installation number, or InvalidSettings."""
    for name, value in (("app_id", app_id), ("installation_id", installation_id)):
        if not _NUMBER.fullmatch(value.strip()):
            raise InvalidSettings(
                "This is not a number of a GitHub App or installation.",
                what_to_do="Copy the app id from the app's page and the installation id from the end of the installation's address.",
                field=name,
            )
    return app_id.strip(), int(installation_id.strip())


def check_private_key(key: str) -> str:
    """The app's private key in PEM, or InvalidSettings."""
    if not _KEY.fullmatch(key.strip()):
        raise InvalidSettings(
            "This is not the private key of a GitHub App.",
            what_to_do="Paste the whole .pem file that GitHub let you download, with its first and last line.",
            field="private_key",
        )
    return key.strip() + "\n"


def check_token(token: str, *, endpoint: str) -> str:
    """A fine-grained token for the stand-in. InvalidSettings where the installation talks to GitHub itself, for a
    classic token (it cannot be limited to reading), or for a wrong form."""
    if not endpoint:
        raise InvalidSettings(
            "Personal tokens are not accepted.", what_to_do="Connect with a GitHub App instead.", field="token"
        )
    if not _TOKEN.fullmatch(token.strip()):
        raise InvalidSettings(
            "This is not a fine-grained token.",
            what_to_do="Make a fine-grained token with read permissions; it begins with github_pat_.",
            field="token",
        )
    return token.strip()


def permission_of(operation: str) -> str:
    """The permission behind an operation (``orgs.members`` → ``members:read``)."""
    return ENDPOINTS[operation].permission
