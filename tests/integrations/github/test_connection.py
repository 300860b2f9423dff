"""How a GitHub session opens, where it may send to, what it does when told to wait, and what its probe finds."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.connectors.credential import Credential
from integrations.connectors.github import opening, spec
from integrations.connectors.github.probe import probe
from integrations.connectors.github.session import GithubSession
from integrations.connectors.github.spec import GithubAccess
from integrations.connectors.github.streams import STREAMS
from integrations.connectors.github.streams.organization import STREAM as ORGANIZATION
from integrations.connectors.github.streams.people import STREAM as PEOPLE
from integrations.connectors.github.transport import RecordingTransport
from integrations.errors import CredentialRefused, InvalidSettings, Unreachable
from tests.integrations.github.small import ACCOUNT

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture
def app(github, proxy, key) -> GithubAccess:
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    github.store.change(lambda state: state["app"].update(public_key=public.decode()))
    return GithubAccess(
        organization="acme",
        app_id="7001",
        installation_id=90001,
        private_key=_pem(key),
        endpoint=proxy.url,
        account=ACCOUNT,
    )


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.key)
def test_an_app_reads_with_a_token_of_its_installation_that_is_never_sealed(stream, app, pull, github, caplog):
    caplog.set_level("DEBUG")
    found = pull(stream, through=app)
    assert found.outcome == "complete"
    handed_out = [t for t in github.store.read()["tokens"] if t.startswith("ghs_")][-1]
    sealed = "".join(repr(answer.request) + answer.body.decode() for answer in found.answers)
    assert handed_out not in sealed + caplog.text
    assert "PRIVATE KEY" not in sealed + caplog.text + repr(app)
    assert not [a for a in found.answers if a.operation == "apps.token"]


def test_another_apps_key_opens_nothing(app, pull):
    other = replace(app, private_key=_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    assert pull(ORGANIZATION, through=other).code == "credential_refused"


@pytest.mark.parametrize(
    "broken", ["nonsense", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"]
)
def test_a_key_that_cannot_be_used_is_a_sentence_and_not_a_crash(app, broken):
    with pytest.raises(CredentialRefused) as refused:
        GithubSession(replace(app, private_key=broken), record=lambda answer: None).open()
    assert broken not in str(refused.value)


def test_a_token_counts_only_towards_a_stand_in():
    credential = Credential(
        settings={"organization": "acme"}, secret={"token": "github_pat_x"}, account="", external_id="", endpoint=""
    )
    assert opening.access(credential).token == ""
    with pytest.raises(CredentialRefused):
        opening.open_session(credential, lambda answer: None)
    with pytest.raises(InvalidSettings):
        spec.check_token("github_pat_" + "a" * 30, endpoint="")
    with pytest.raises(InvalidSettings):
        spec.check_token("ghp_" + "a" * 36, endpoint="http://127.0.0.1:1")


@pytest.mark.parametrize("host", ["evil.example", "api.github.com.evil.example", "uploads.github.com", "github.com"])
def test_nothing_is_sent_to_another_host(host):
    with pytest.raises(Unreachable):
        RecordingTransport(endpoint="", record=lambda answer: None).connect(host)


@pytest.mark.parametrize("name", ["", "-acme", "acme-", "a--b", "../orgs", "acme/repo", "acme?x", "a" * 40, "akmé"])
def test_a_name_that_is_no_organization_is_refused(name):
    with pytest.raises(InvalidSettings):
        spec.check_organization(name)


def test_branch_and_repository_stay_inside_their_part_of_the_path(access, github):
    session = GithubSession(access, record=lambda answer: None)
    session.open()
    expected = frozenset({"NotFound"})
    session.call("repos", "protection", repo="../../user", branch="a/b?c#d", expected=expected)
    assert github.asked[-1] == "GET /repos/acme/../../user/branches/a/b?c#d/protection"


@pytest.mark.parametrize("retry_after", [45, None])
def test_a_secondary_limit_defers_at_once_and_sleeps_not_at_all(github, pull, retry_after):
    github.store.change(lambda state: state.update(secondary_limit={"retry_after": retry_after}))
    started = time.monotonic()
    found = pull(PEOPLE)
    assert time.monotonic() - started < 1
    assert (found.outcome, found.code, found.retry_after, found.sent) == ("deferred", "throttled", retry_after, 1)


def test_an_exhausted_budget_waits_for_its_reset_by_githubs_own_clock(github, pull):
    github.store.change(lambda state: state.update(budget={"limit": 4, "used": 0}, now=1_767_600_000 + 3000))
    found = pull(PEOPLE)
    assert (found.outcome, found.retry_after) == ("deferred", 601)


def test_a_mid_walk_change_is_seen(github, proxy, pull):
    def leaves(exchange):
        if exchange.operation == "orgs.members" and exchange.nth == 2:
            github.store.change(lambda state: state["members"].pop(0))
        return exchange

    proxy.use(leaves)
    assert pull(PEOPLE).outcome == "partial"


def test_people_carry_role_and_second_factor(pull):
    found = {p["login"]: p for p in pull(PEOPLE).payloads().values()}
    assert (found["ada"]["role"], found["cy"]["role"], found["gil"]["role"]) == ("admin", "member", "outside")
    assert [name for name, p in sorted(found.items()) if p["two_factor"] is False] == ["di", "ed", "flo", "hal"]
    assert [name for name, p in sorted(found.items()) if p["outside"]] == ["gil", "hal"]


def test_without_an_owners_rights_the_second_factor_is_unknown(github, pull):
    github.store.change(lambda state: state.update(owner=False))
    found = pull(PEOPLE)
    assert found.outcome == "complete"
    assert found.reason
    assert all("unknown" in payload["two_factor"] for payload in found.payloads().values())


def test_a_credential_that_sees_only_some_repositories_is_partial(proxy, pull):
    import json

    from tests.integrations.conformance.faults import only
    from tests.integrations.github.proxy import reshaped

    stream = next(s for s in STREAMS if s.key == "gh.repos")
    hide = lambda e: reshaped(e, [r for r in json.loads(e.body) if r["name"] != "both"])
    proxy.use(only("orgs.repos", hide))
    found = pull(stream, page_size=100)
    assert (found.outcome, found.items, found.second_count) == ("partial", 5, 6)


def test_the_probe_tries_each_permission_once_and_pins_the_organization(access, proxy):
    found = probe(replace(access, account=""))
    assert (found.ok, found.account) == (True, ACCOUNT)
    assert {item.stream for item in found.items} == {stream.key for stream in STREAMS}
    assert len(proxy.seen) == len(set(proxy.seen)) + 1  # the organization: once to open, once as a permission


def test_the_probe_says_what_is_missing(access, proxy):
    from tests.integrations.conformance.faults import only
    from tests.integrations.github.proxy import refuse

    proxy.use(only("orgs.members", lambda e: refuse(e, 403, "Resource not accessible by integration")))
    found = probe(access)
    assert not found.ok
    assert [item.action for item in found.items if item.granted is False] == ["members:read"]


def test_an_app_that_may_write_is_not_accepted(app, github):
    github.store.change(lambda state: state["app"].update(permissions={"metadata": "read", "contents": "write"}))
    found = probe(app)
    assert not found.ok
    assert "contents" in found.sentence


def test_the_stand_in_answers_304_without_touching_the_budget(github):
    import urllib3

    http, token = urllib3.PoolManager(), github.store.read()["tokens"][0]
    headers = {"Authorization": f"Bearer {token}", "User-Agent": "test"}
    first = http.request("GET", f"{github.url}/orgs/acme", headers=headers)
    again = http.request("GET", f"{github.url}/orgs/acme", headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (first.status, again.status, again.data) == (200, 304, b"")
    assert first.headers["X-RateLimit-Used"] == again.headers["X-RateLimit-Used"] == "1"


def test_the_stand_in_may_send_its_links_as_several_lines(github, pull):
    github.store.change(lambda state: state.update(split_link_headers=True))
    assert pull(PEOPLE).outcome == "complete"


def test_the_stand_in_runs_as_a_process_and_remembers(tmp_path):
    import re

    import urllib3

    command = [sys.executable, "-m", "dev.sandbox.github", "--port", "0", "--data", str(tmp_path)]
    states = []
    for _ in range(2):
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            url = re.search(r"http://\S+", running.stdout.readline())
            assert url
            states.append(urllib3.request("GET", f"{url[0]}/_sandbox/state").json())
            running.terminate()
            assert running.wait(10) == 0
    assert states[0] == states[1]
    assert len(states[0]["members"]) + len(states[0]["outside"]) == 45
    assert len(states[0]["repositories"]) == 25


def test_the_sdk_is_imported_in_its_connector_only_and_not_before_a_session_opens():
    importers = {
        str(path.relative_to(ROOT))
        for room in (
            "accounts",
            "organizations",
            "evidence",
            "inventory",
            "integrations",
            "compliance",
            "config",
            "dev",
        )
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Import) and any(a.name.split(".")[0] == "github" for a in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "github")
    }
    assert importers == {"integrations/connectors/github/session.py"}
    code = "import sys, integrations.connectors.github.opening, integrations.connectors.github.streams; sys.exit('github' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
