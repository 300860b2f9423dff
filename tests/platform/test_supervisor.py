"""The supervisor with small programs of its own: order, readiness, restart, prefix, Ctrl-C, left-overs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import redis

from config.embedded.errors import LaunchError
from config.embedded.ports import free_port
from config.embedded.processes import command_of
from config.embedded.valkey import start_valkey
from config.supervisor.child import Child, Program, launcher
from config.supervisor.console import Console
from config.supervisor.readiness import beats, said
from config.supervisor.runner import Runner
from config.supervisor.running import AlreadyRunningError, RunFolder
from tests.platform.installation import ROOT, left_over


class Listening(Console):
    """A console that remembers instead of printing."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def say(self, text: str = "") -> None:
        self.lines.append(text)


@pytest.fixture
def console() -> Listening:
    return Listening()


@pytest.fixture
def runner(tmp_path: Path, console: Listening) -> Runner:
    (tmp_path / "run").mkdir()
    return Runner(folder=RunFolder(tmp_path / "run"), logs=tmp_path / "logs", console=console)


def python(name: str, code: str, tmp_path: Path, **more: object) -> Program:
    start = launcher((sys.executable, "-u", "-c", textwrap.dedent(code)), {"PATH": os.environ["PATH"]}, tmp_path)
    return Program(name=name, launch=start, **more)


NOTES_ITS_END = """
    import signal, sys, time
    def end(*_):
        with open("ends", "a") as file:
            file.write("{name} ")
        sys.exit(0)
    signal.signal(signal.SIGTERM, end)
    print("{name} is here")
    time.sleep(60)
"""


def test_children_are_stopped_in_the_reverse_order_of_their_start(runner: Runner, tmp_path: Path) -> None:
    names = ["database", "broker", "web", "worker"]
    for name in names:
        child = runner.start(python(name, NOTES_ITS_END.format(name=name), tmp_path, ready=said("is here")))
        runner.wait(child)
    runner.stop()
    assert (tmp_path / "ends").read_text().split() == names[::-1]


def test_every_line_carries_the_name_of_its_process_and_is_in_its_log_file(
    runner: Runner, console: Listening, tmp_path: Path
) -> None:
    child = runner.start(python("web", "print('hello'); import time; time.sleep(60)", tmp_path, ready=said("hello")))
    runner.wait(child)
    runner.stop()
    assert "       web | hello" in console.lines
    assert (tmp_path / "logs" / "web.log").read_text() == "hello\n"


def test_a_burst_of_lines_is_cut_on_the_console_and_whole_in_the_file(
    runner: Runner, console: Listening, tmp_path: Path
) -> None:
    code = "for n in range(500): print('line', n)\nprint('done')\nimport time; time.sleep(60)"
    child = runner.start(python("web", code, tmp_path))
    limit = time.monotonic() + 20
    while "done" not in child.log_file.read_text() and time.monotonic() < limit:
        time.sleep(0.05)
    runner.stop()
    assert child.log_file.read_text().count("\n") == 501
    assert sum(" | line" in line for line in console.lines) == 25
    assert any("... more in" in line for line in console.lines)


def test_a_child_that_dies_is_started_again_and_one_that_finished_is_not(runner: Runner, tmp_path: Path) -> None:
    mortal = runner.start(python("mortal", "import time; time.sleep(60)", tmp_path))
    finished = runner.start(python("finished", "pass", tmp_path, forever=False))
    assert mortal.process is not None
    first = mortal.process.pid
    os.kill(first, signal.SIGKILL)
    runner.watch(until=lambda: mortal.process is not None and mortal.process.pid != first and finished.done)
    assert mortal.process is not None
    assert mortal.alive_for > 0
    assert finished.process is None
    runner.stop()


def test_a_child_that_keeps_dying_is_started_less_and_less_often(
    runner: Runner, console: Listening, tmp_path: Path
) -> None:
    runner.start(python("broken", "raise SystemExit('cannot')", tmp_path))
    limit = time.monotonic() + 4
    runner.watch(until=lambda: time.monotonic() > limit)
    runner.stop()
    pauses = [line.rsplit(" in ", 1)[1] for line in console.lines if "starting it again" in line]
    assert pauses[:3] == ["0.5 s", "1.0 s", "2.0 s"]


def test_a_child_that_hangs_is_ended_and_started_again(runner: Runner, console: Listening, tmp_path: Path) -> None:
    asked: list[float] = []

    def alive(child: Child) -> bool:
        asked.append(child.alive_for)
        return len(asked) > 1

    hanging = runner.start(python("worker", "import time; time.sleep(60)", tmp_path, alive=alive))
    assert hanging.process is not None
    first = hanging.process.pid
    runner.watch(until=lambda: hanging.process is not None and hanging.process.pid != first)
    runner.stop()
    assert any("hangs; ending it" in line for line in console.lines)


def test_a_heartbeat_that_is_too_old_is_a_hanging_worker(runner: Runner, tmp_path: Path) -> None:
    server = start_valkey(tmp_path / "valkey", port=free_port())
    child = runner.start(python("worker", "import time; time.sleep(60)", tmp_path))
    try:
        with redis.Redis.from_url(server.url) as broker:
            alive = beats(server.url, "beat", within=5)
            assert alive(child), "a young process gets its time"
            child.started -= 6
            assert not alive(child)
            broker.set("beat", int(time.time()))
            assert alive(child)
            broker.set("beat", int(time.time()) - 6)
            assert not alive(child)
    finally:
        server.stop()
    assert alive(child), "a broker that is away is not the worker's fault"
    runner.stop()


def test_a_failing_step_shows_the_end_of_what_it_said(runner: Runner, tmp_path: Path) -> None:
    step = python("migrations", "print('before'); raise SystemExit('relation is missing')", tmp_path)
    with pytest.raises(LaunchError, match="relation is missing"):
        runner.run_once("migrations", step.launch)


def test_a_program_that_is_never_ready_is_given_up(runner: Runner, tmp_path: Path) -> None:
    slow = python("slow", "import time; time.sleep(60)", tmp_path, ready=said("never"), ready_within=0.3)
    with pytest.raises(LaunchError, match="not ready after"):
        runner.wait(runner.start(slow))
    runner.stop()


def test_one_data_folder_has_one_supervisor(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    with folder.held():
        with pytest.raises(AlreadyRunningError, match=str(os.getpid())), RunFolder(tmp_path / "run").held():
            pass
        assert folder.supervisor_pid() == os.getpid()
    assert folder.supervisor_pid() is None
    with folder.held():
        pass


SUPERVISES = """
import sys
from pathlib import Path
from config.supervisor.child import Child, Program, launcher
from config.supervisor.console import Console
from config.supervisor.readiness import said
from config.supervisor.runner import Runner
from config.supervisor.running import RunFolder

base = Path(sys.argv[1])
folder = RunFolder(base / "run")
runner = Runner(folder=folder, logs=base / "logs", console=Console())
runner.catch_signals()
stubborn = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('here'); time.sleep(60)"
with folder.held():
    for name in ("one", "two"):
        start = launcher((sys.executable, "-u", "-c", stubborn), {}, base)
        runner.wait(runner.start(Program(name=name, launch=start, ready=said("here"))))
    print("up", flush=True)
    runner.watch()
    runner.stop()
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISES, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    while process.stdout.readline() != b"up\n":
        assert process.poll() is None
    return process


def test_ctrl_c_for_the_whole_group_leaves_no_process(supervisor: subprocess.Popen[bytes], tmp_path: Path) -> None:
    os.killpg(supervisor.pid, signal.SIGINT)
    assert supervisor.wait(20) == 0
    assert left_over(str(tmp_path)) == []


def test_the_next_start_ends_what_a_killed_supervisor_left(supervisor: subprocess.Popen[bytes], tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    pids = [pid for pid, _ in folder._read("children.json").values()]
    supervisor.kill()
    supervisor.wait()
    assert all(command_of(pid) for pid in pids), "these children ignore the kernel's SIGINT, so they are left"
    assert folder.end_left_over() == ["one", "two"]
    assert not any(command_of(pid) for pid in pids)


def test_a_pid_that_belongs_to_somebody_else_now_is_left_alone(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.folder.mkdir()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        folder._write("children.json", {"web": [stranger.pid, "another start time"]})
        assert folder.end_left_over() == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
