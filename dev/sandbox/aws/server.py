"""Starts the stand-in on a port of this machine and keeps its files in one folder."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Thread
from typing import Any

from dev.sandbox.aws.access_log import AccessLog
from dev.sandbox.aws.clock import StandInClock
from dev.sandbox.aws.control import Control
from dev.sandbox.aws.overlay import StandIn
from dev.sandbox.aws.trust import Trust
from dev.sandbox.company.accounts import NAMES

HOST = "127.0.0.1"


class StandInServer:
    """A running stand-in. `port` 0 takes a free port; the real one is in `self.port`."""

    def __init__(self, *, port: int, data: Path) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
        from werkzeug.serving import make_server

        class QuietHandler(MotoRequestHandler):
            """Our own access log is enough; a hung-up connection is no error here."""

            def log_request(self, *_: Any) -> None: ...

        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        data.mkdir(parents=True, exist_ok=True)
        self.trust = Trust(data / "trust.json", list(NAMES))
        self.clock = StandInClock(data / "clock.json")
        self.log_file = data / "access.jsonl"
        self.log = AccessLog(self.log_file)
        moto = DomainDispatcherApplication(create_backend_app)
        self.stand_in = StandIn(moto=moto, clock=self.clock, trust=self.trust, log=self.log)
        self._server = make_server(
            HOST, port, Control(self.stand_in), threaded=True, request_handler=QuietHandler
        )  # fmt: skip
        self.port: int = self._server.server_port
        self.url = f"http://{HOST}:{self.port}"

    def serve(self) -> None:
        """Answer until `stop` is called from another thread or a signal handler."""
        self._server.serve_forever()

    def start(self) -> StandInServer:
        """Answer in a thread of this process (tests)."""
        Thread(target=self.serve, daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop answering and close the log."""
        self._server.shutdown()
        self._server.server_close()
        self.log.close()
