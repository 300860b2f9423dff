"""The two commands as an operator runs them: real processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from evidence.models import Checkpoint
from evidence.selectors import record
from tests.cast import make_organization
from tests.evidence.pages import received, seal

ROOT = Path(__file__).resolve().parents[2]


def _run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: PLW1510 -- the exit code is what is tested
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=os.environ | environment,
        text=True,
        capture_output=True,
        timeout=60,
    )


def test_the_signer_wakes_at_a_nudge_and_ends_at_sigterm(tmp_path: Path) -> None:
    environment = os.environ | {
        "ATTESTRY_SIGNER_STATE_FILE": str(tmp_path / "state.json"),
        "ATTESTRY_PROCESS": "signer",
        "ATTESTRY_MODE": "test",
    }
    command = [sys.executable, "manage.py", "sign_checkpoints"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            a = make_organization()
            for _ in range(2):
                sealed = seal(a, received())
                started = time.monotonic()
                while True:
                    with a.owner.bound():
                        if record(sealed.seq).state == "sealed":
                            break
                    assert time.monotonic() - started < 30
                    time.sleep(0.1)
            # The second one found the signer waiting: it was the nudge that woke it.
            assert time.monotonic() - started < 4
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


def test_fsck_says_ok_for_one_organization_and_names_what_is_wrong_with_exit_code_1(
    tmp_path: Path, superuser: Any
) -> None:
    a = make_organization()
    for number in range(3):
        seal(a, received(page=number))
    own = {"ATTESTRY_SIGNER_STATE_FILE": str(tmp_path / "state.json")}
    signed = _run("sign_checkpoints", "--once", ATTESTRY_PROCESS="signer", **own)
    assert "signed" in signed.stdout
    good = _run("evidence_fsck", "--organization", a.slug, **own)
    assert good.returncode == 0, good.stderr
    assert f"{a.slug}: 3 leaves, 3 records, 3 opened, 0 shredded, 1 checkpoints up to 3: ok" in good.stdout
    with a.owner.bound():
        assert Checkpoint.objects.get().size == 3
        digest = record(1).digest
    file = settings.BLOBS / str(a.id) / digest[:2] / digest
    file.chmod(0o600)
    file.write_bytes(b"x" + file.read_bytes()[1:])
    bad = _run("evidence_fsck", "--organization", a.slug, **own)
    assert bad.returncode == 1
    assert "WRONG blob.digest at object of leaf 1" in bad.stderr
    superuser.execute("update app.log_head set frontier[1] = sha256('x') where organization_id = %s", (a.id,))
    refused = _run("sign_checkpoints", "--once", ATTESTRY_PROCESS="signer", **own)
    assert refused.returncode == 1
    assert "REFUSED log" in refused.stderr


@pytest.mark.parametrize(("slug", "code"), [("no-such-organization", 2)])
def test_fsck_says_when_there_was_nothing_to_inspect(slug: str, code: int) -> None:
    assert _run("evidence_fsck", "--organization", slug).returncode == code


def test_fsck_without_its_key_says_which_file_and_looks_at_nothing(tmp_path: Path) -> None:
    missing = _run("evidence_fsck", ATTESTRY_KEY_FILE=str(tmp_path / "none.key"))
    assert missing.returncode == 2
    assert "none.key" in missing.stderr
