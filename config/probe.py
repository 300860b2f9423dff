"""`python -m config.probe URL`: ask an own web process whether it is ready; for containers that have no curl.

Exit status 0 when it answers 200, else 1. The request carries the public host name, because the process answers to
no other, and says that TLS ended before it, as the proxy does.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from config.embedded.environment import setting


def main(url: str) -> int:
    """Return the exit status for `url`."""
    host = urlsplit(setting("ATTESTRY_HOST_URL", "http://localhost:8000")).netloc
    request = urllib.request.Request(url, headers={"Host": host, "X-Forwarded-Proto": "https"})  # noqa: S310 - http on this machine
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
