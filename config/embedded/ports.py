"""Choosing TCP ports on the loopback interface."""

from __future__ import annotations

import socket
from collections.abc import Collection


def is_free(port: int) -> bool:
    """Say whether `port` on 127.0.0.1 (and ::1, where the machine has it) can be listened on just now.

    Both are asked because a browser may resolve `localhost` to either address.
    """
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            probe = socket.socket(family, socket.SOCK_STREAM)
        except OSError:
            continue
        with probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                if family == socket.AF_INET6 and error.errno in _NO_IPV6:
                    continue
                return False
    return True


def free_port() -> int:
    """Return a port of 127.0.0.1 that the kernel had free a moment ago (not reserved: start the server at once)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def choose_port(wanted: int, taken: Collection[int] = ()) -> int:
    """Return `wanted` when it is free and not in `taken`, else the next free one of the 50 above, else any free port."""
    for port in range(wanted, wanted + 50):
        if port not in taken and is_free(port):
            return port
    return free_port()


_NO_IPV6 = (99, 97, 49, 47)  # EADDRNOTAVAIL and EAFNOSUPPORT on Linux and macOS: the machine has no ::1
