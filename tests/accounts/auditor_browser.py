"""A browser at the auditor's process: run as a program with the auditor's settings, told what to do by JSON on stdin.

Each step is [method, path, data]; the answers are printed as JSON: status, location, the names of the cookies.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    wanted = json.load(sys.stdin)
    client = Client(REMOTE_ADDR=wanted["address"])
    for name, value in wanted.get("cookies", {}).items():
        client.cookies[name] = value
    answers = []
    for method, path, data in wanted["steps"]:
        answer = getattr(client, method)(path, data)
        answers.append(
            {
                "status": answer.status_code,
                "location": answer.headers.get("Location", ""),
                "cookies": sorted(name for name, morsel in client.cookies.items() if morsel.value),
                "text": answer.content.decode()[:20000],
            }
        )
    print(json.dumps({"role": settings.DATABASES["default"]["USER"], "answers": answers}))


if __name__ == "__main__":
    main()
