"""An open GitHub session: the real SDK, one recording transport, one place where a refusal becomes our own error.

The only module of this repository's product code that imports PyGithub.
"""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import quote

import jwt
from github import Auth
from github.Requester import Requester

from integrations.connectors.contract import Answer, Recorder
from integrations.connectors.github.answers import another_account, document, error_code, garbage, mapping, number
from integrations.connectors.github.refusals import classify
from integrations.connectors.github.spec import ENDPOINTS, GithubAccess, origin, permission_of
from integrations.connectors.github.transport import RecordingTransport, Stopped
from integrations.errors import ConnectorError, CredentialRefused

PAGE_SIZE = 100
API_VERSION = "2022-11-28"
USER_AGENT = "attestry"
# Parameters of ours that are not sent: the address of a page, and the mark of the request that must find nothing more.
_OURS = frozenset({"next", "closing"})


class GithubSession:
    """See `contract.Session`. Opens with an installation token and one call for the organization, whose number must
    be ``access.account`` when that is set. ``permissions`` are those of the installation (empty for a token)."""

    def __init__(self, access: GithubAccess, *, record: Recorder, page_size: int | None = None) -> None:
        self.page_size = page_size or PAGE_SIZE
        self.account = access.account
        self.identity = ""
        self.permissions: dict[str, str] = {}
        self._access = access
        self._transport = RecordingTransport(endpoint=access.endpoint, record=record)
        self._calls = 0
        self._sdk: Requester | None = None

    def sent(self) -> int:
        """How many requests went over the network so far, retries included."""
        return self._transport.sent

    def open(self) -> None:
        """Gets a token and asks which organization answers. Raises ConnectorError, WrongAccount among them."""
        access = self._access
        if access.token and access.endpoint:
            self._sdk = _sdk(self._transport, access.endpoint, Auth.Token(access.token))
            self.identity = "fine-grained token"
        elif access.installation_id and access.private_key:
            self._sdk = _sdk(self._transport, access.endpoint, Auth.Token(self._installation_token()))
            self.identity = f"app {access.app_id}, installation {access.installation_id}"
        else:
            raise CredentialRefused(
                "This connection has no credential any more.", what_to_do="Enter one under “Rotate secret”."
            )
        account = str(number(mapping(self.call("orgs", "get", part="identity"))))
        if self.account and account != self.account:
            raise another_account()
        self.account = account

    def _installation_token(self) -> str:
        """A token of one hour. Never sealed, never logged."""
        try:
            app = Auth.AppAuth(self._access.app_id, self._access.private_key)
            self._sdk = _sdk(self._transport, self._access.endpoint, app)
            made = mapping(self.call("apps", "token", installation=self._access.installation_id))
        except (ValueError, TypeError, jwt.PyJWTError):
            raise CredentialRefused(
                "The app's private key cannot be used.", what_to_do="Paste the whole .pem file under “Rotate secret”."
            ) from None
        token, granted = made.get("token"), made.get("permissions")
        if not isinstance(token, str) or not token:
            raise garbage()
        self.permissions = {str(k): str(v) for k, v in granted.items()} if isinstance(granted, dict) else {}
        return token

    def call(
        self, service: str, operation: str, *, part: str = "", expected: frozenset[str] = frozenset(), **parameters: Any
    ) -> Answer:
        assert self._sdk is not None
        self._calls += 1
        name = f"{service}.{operation}"
        self._transport.begin(call=self._calls, part=part, operation=name, parameters=parameters)
        target, query = self._address(name, parameters)
        verb = "POST" if name == "apps.token" else "GET"
        headers = {"Accept": "application/vnd.github+json"}
        with contextlib.suppress(Stopped):
            self._sdk.requestJson(verb, target, query, headers, {} if verb == "POST" else None)
        answer = self._transport.last
        if answer is None:
            raise garbage()
        code = error_code(answer) or ("HTTP 202" if answer.status == 202 else "")
        if code in expected:
            return answer
        if code:
            raise self._refused(name, code, answer)
        document(answer)
        return answer

    def _address(self, name: str, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if "next" in parameters:
            return str(parameters["next"]), {}
        path = ENDPOINTS[name].path
        given = {"org": self._access.organization, **parameters}
        inside = {k: quote(str(v), safe="") for k, v in given.items() if f"{{{k}}}" in path}
        query = {k: v for k, v in parameters.items() if k not in inside and k not in _OURS}
        return path.format(**inside), query

    def _refused(self, name: str, code: str, answer: Answer) -> ConnectorError:
        walking = "next" in answer.request["parameters"]
        if name == "apps.token" and answer.status in (401, 403, 404, 422):
            code = "Unauthorized"
        return classify(code=code, status=answer.status, action=permission_of(name), walking=walking)


def _sdk(transport: RecordingTransport, endpoint: str, auth: Auth.Auth) -> Requester:
    class SessionRequester(Requester):
        """A class of its own for each session: the SDK keeps the connection class on the class."""

    connect: Any = transport.connect
    SessionRequester.injectConnectionClasses(connect, connect)
    return SessionRequester(
        auth=auth,
        base_url=origin(endpoint),
        timeout=15,
        user_agent=USER_AGENT,
        per_page=PAGE_SIZE,
        verify=True,
        retry=None,
        pool_size=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
        api_version=API_VERSION,
    )
