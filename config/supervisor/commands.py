"""`manage.py up` and `manage.py down`."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from config.embedded.errors import LaunchError
from config.supervisor.console import Console
from config.supervisor.installation import Installation
from config.supervisor.runner import Runner, StopAskedError
from config.supervisor.running import AlreadyRunningError, RunFolder, data_folder
from config.supervisor.startup import Startup

_DOWN_SECONDS = 60.0


def up(project: Path, arguments: Sequence[str]) -> int:
    """Start everything and stay until Ctrl-C; return the exit status (0 after an orderly stop)."""
    parser = argparse.ArgumentParser(prog="manage.py up", description="Start everything that Attestry needs.")
    parser.add_argument(
        "--port", type=int, default=8000, help="wanted port of the dashboard (the next free one is taken)"
    )
    parser.add_argument("--no-sandbox", action="store_true", help="start empty, without the sandbox company")
    options = parser.parse_args(arguments)
    caller = dict(os.environ)
    installation = Installation(project, data_folder(caller, project), caller)
    installation.prepare()
    console = Console()
    folder = RunFolder(installation.data / "run")
    try:
        with folder.held():
            return _run(installation, console, folder, options)
    except AlreadyRunningError as error:
        console.say(f"Attestry is already running (process {error.pid}); stop it with `make down`.")
        return 1


def down(project: Path, arguments: Sequence[str]) -> int:
    """Stop the `manage.py up` of this data folder and whatever a killed one left; return the exit status."""
    argparse.ArgumentParser(prog="manage.py down", description="Stop what `manage.py up` started.").parse_args(
        arguments
    )
    console = Console()
    folder = RunFolder(data_folder(os.environ, project) / "run")
    pid = folder.supervisor_pid()
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        limit = time.monotonic() + _DOWN_SECONDS
        while folder.supervisor_pid() == pid and time.monotonic() < limit:
            time.sleep(0.1)
        if folder.supervisor_pid() == pid:
            console.say(f"Process {pid} did not stop within {_DOWN_SECONDS:.0f} s.")
            return 1
    left = folder.end_left_over()
    console.say("Attestry is stopped." if pid or left else "Attestry was not running.")
    return 0


def _run(installation: Installation, console: Console, folder: RunFolder, options: argparse.Namespace) -> int:
    runner = Runner(folder=folder, logs=installation.data / "logs", console=console)
    runner.catch_signals()
    status = 0
    try:
        Startup(installation, console, runner, port=options.port, sandbox=not options.no_sandbox).run()
        runner.watch()
    except StopAskedError:
        pass
    except LaunchError as error:
        console.say(f"Attestry could not start: {error}")
        status = 1
    console.say("Stopping ...")
    runner.stop()
    console.say("Attestry is stopped; its data stay in " + str(installation.data))
    return status
