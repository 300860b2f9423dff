"""manage.py dispatch: run the dispatcher until SIGTERM."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from config.celery import app
from config.dispatcher import Dispatcher, Message
from organizations.gate.boot import refuse_unsafe_database


class Command(BaseCommand):
    help = "Lease due work, mint its tickets and send it to the workers (role app_sched)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unsafe_database()
        dispatcher = Dispatcher(dsn=settings.ROLE_DSN["app_sched"], redis_url=settings.REDIS_URL, send=_send)
        if options["once"]:
            self.stdout.write(f"{dispatcher.look()} sent")
        else:
            dispatcher.run()


def _send(message: Message) -> None:
    app.send_task(message.task, kwargs=message.arguments(), queue=app.conf.task_default_queue, retry=False)
