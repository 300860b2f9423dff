"""The ordered start: servers, schema, web, then everything that may follow a usable dashboard."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from config.embedded.bootstrap import bootstrap_database, bootstrap_roles
from config.embedded.errors import LaunchError
from config.embedded.ports import choose_port, is_free
from config.supervisor import programs
from config.supervisor.announcement import announce
from config.supervisor.child import Child, Program, launcher
from config.supervisor.console import Console
from config.supervisor.installation import DATABASE, Addresses, Installation
from config.supervisor.runner import Runner

_PORT_ATTEMPTS = 5
_WANTED = {"postgres": 54320, "valkey": 63790, "aws": 45660}


class Startup:
    """One start of an installation; `run` returns when all processes are up."""

    def __init__(
        self, installation: Installation, console: Console, runner: Runner, *, port: int, sandbox: bool
    ) -> None:
        self.installation = installation
        self.console = console
        self.runner = runner
        self.wanted = {"web": port, "auditor": port + 1} | _WANTED
        self.sandbox = sandbox
        self._dsn = ""
        self._redis = ""

    def run(self) -> None:
        """Start everything. Raises LaunchError when a step fails, StopAskedError when a stop is asked for."""
        self.console.say(f"Attestry starts; its data are in {self.installation.data}")
        for name in self.runner.folder.end_left_over():
            self.console.step(name, "was left by a start that was killed; ended")
        ports = self._choose_ports()
        self._make_keys()
        self._servers(ports)
        addresses = Addresses(
            database_url=self._dsn, redis_url=self._redis, web=f"http://localhost:{ports['web']}",
            auditor=f"http://localhost:{ports['auditor']}", aws=f"http://127.0.0.1:{ports['aws']}",
        )  # fmt: skip
        self._schema(addresses)
        self.runner.folder.note_environment(self.installation.environment("manage", addresses))
        self._processes(addresses, ports)

    def _choose_ports(self) -> dict[str, int]:
        remembered = self.runner.folder.remembered_ports()
        ports: dict[str, int] = {}
        for name, wanted in self.wanted.items():
            first = wanted if name in ("web", "auditor") else remembered.get(name, wanted)
            ports[name] = choose_port(first, ports.values())
            if ports[name] != wanted and name in ("web", "auditor"):
                self.console.step(name, f"port {wanted} is in use, taking {ports[name]}")
        self.runner.folder.note_ports(ports)
        return ports

    def _make_keys(self) -> None:
        if not _exists("evidence.keyfiles"):
            self.console.step("keys", "MISSING: evidence.keyfiles is not built yet")
            return
        from evidence.keyfiles import ensure_master_key, ensure_signer_key

        keys = self.installation.data / "keys"
        if not self.installation.caller.get("ATTESTRY_KEY_FILE"):
            ensure_master_key(keys / "master.key")
        if not self.installation.caller.get("ATTESTRY_SIGNER_KEY_FILE"):
            ensure_signer_key(keys / "signer.key")
        self.console.step("keys", f"in {keys}")

    def _servers(self, ports: dict[str, int]) -> None:
        given = self.installation.caller.get("DATABASE_URL")
        if given:
            self._dsn = given
            self.console.step("postgres", "the server of DATABASE_URL")
        else:
            self._start_server(
                "postgres", ports, lambda port: programs.postgres(self.installation, port, self._note_dsn)
            )
        given = self.installation.caller.get("REDIS_URL")
        if given:
            self._redis = given
            self.console.step("valkey", "the server of REDIS_URL")
        else:
            self._start_server("valkey", ports, lambda port: programs.valkey(self.installation, port, self._note_redis))
        self.runner.folder.note_ports(ports)

    def _start_server(self, name: str, ports: dict[str, int], program: Callable[[int], Program]) -> None:
        """Start a server; when another program took its port since we looked, take the next one."""
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            try:
                self.runner.start(program(ports[name]))
            except LaunchError:
                if attempt == _PORT_ATTEMPTS or is_free(ports[name]):
                    raise
                ports[name] = choose_port(ports[name] + 1, ports.values())
            else:
                self.console.step(name, f"ready on port {ports[name]}")
                return

    def _note_dsn(self, dsn: str) -> None:
        self._dsn = dsn.rpartition("/")[0] + f"/{DATABASE}"

    def _note_redis(self, url: str) -> None:
        self._redis = url

    def _schema(self, addresses: Addresses) -> None:
        """Roles, database, migrations and static files; skipped when none of their sources changed since."""
        project, migrate = self.installation.project, self.installation.environment("migrate", addresses)
        mark = self.installation.data / "run" / "schema"
        wanted = _fingerprint(project)
        if not self.installation.caller.get("DATABASE_URL") and mark.exists() and mark.read_text() == wanted:
            self.console.step("schema", "up to date")
            return
        mark.unlink(missing_ok=True)
        server, _, name = addresses.database_url.rpartition("/")
        bootstrap_roles(f"{server}/postgres", self.installation.passwords)
        bootstrap_database(f"{server}/postgres", name.partition("?")[0])
        static = Program(
            name="static",
            launch=launcher(
                self.installation.command("collectstatic", "--noinput", "--clear", "--verbosity", "0"),
                self.installation.environment("beat", addresses), project,
            ),
            forever=False, ready=lambda child: child.process is not None and child.process.poll() == 0,
        )  # fmt: skip
        collecting = self.runner.start(static)  # beside the migrations, which wait for the database
        self.runner.run_once("migrations", launcher(self.installation.command("migrate_all"), migrate, project))
        self.console.step("schema", "migrated")
        self.runner.wait(collecting)
        self.console.step("static", "files collected")
        mark.write_text(wanted)

    def _processes(self, addresses: Addresses, ports: dict[str, int]) -> None:
        installation, runner = self.installation, self.runner
        first = [
            runner.start(programs.web(installation, addresses, name=name, port=ports[name]))
            for name in ("web", "auditor")
        ]
        people = runner.folder.people
        later: list[Child] = []
        company: list[Child] = []
        if self.sandbox:
            company = self._sandbox(addresses, ports["aws"], people, later)
        later += [runner.start(program) for program in programs.background(installation, addresses)]
        for child, address in zip(first, (addresses.web, addresses.auditor), strict=True):
            runner.wait(child)
            self.console.step(child.program.name, f"ready at {address}")
        for child in company:
            runner.wait(child)
            self.console.step("sandbox", "the company is there; its history goes on by itself")
        announce(self.console, installation, addresses, people)
        troubled = [child for child in later if not self._follows(child)]
        self.console.step("all", f"processes are up{', but look at the lines above' if troubled else ''}")

    def _follows(self, child: Child) -> bool:
        """Wait for a process without which the dashboard can be used; the watch goes on trying when it fails."""
        try:
            self.runner.wait(child)
        except LaunchError as error:
            self.console.step(child.program.name, str(error))
            return False
        self.console.step(child.program.name, "ready")
        return True

    def _sandbox(self, addresses: Addresses, port: int, people: Path, later: list[Child]) -> list[Child]:
        """Start the stand-in and the company; return what must be ready before a person can sign in."""
        if _exists("dev.sandbox.aws"):
            later.append(self.runner.start(programs.stand_in_aws(self.installation, addresses, port)))
        else:
            self.console.step("aws", "MISSING: dev.sandbox.aws is not built yet")
        if (self.installation.project / "config/management/commands/sandbox.py").exists():
            return [self.runner.start(programs.sandbox_company(self.installation, addresses, people))]
        self.console.step("sandbox", "MISSING: the command `sandbox` is not built yet")
        return []


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _fingerprint(project: Path) -> str:
    """Digest everything that migrations and static files are made from."""
    found = hashlib.sha256()
    paths = [*project.glob("*/migrations/*"), *project.glob("*/gate/*"), *project.glob("static/**/*")]
    paths += [*project.glob("config/embedded/bootstrap.py"), *project.glob("requirements.txt")]
    for path in sorted(path for path in paths if path.is_file()):
        found.update(f"{path.relative_to(project)}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
