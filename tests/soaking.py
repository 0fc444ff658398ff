"""A pytest plugin (-p tests.soaking): tests talk to this machine only and can be interrupted."""

import ipaddress
import signal
import socket
from typing import Any

_connect = socket.socket.connect


def _guarded(self: socket.socket, address: Any) -> None:
    """Connect to loopback or a local socket; refuse any other place by name."""
    if isinstance(address, tuple) and not _is_here(str(address[0])):
        raise PermissionError(f"tests talk to loopback only, not to {address[0]}")
    _connect(self, address)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def pytest_configure() -> None:
    """Guard every socket of this process from now on."""
    socket.socket.connect = _guarded  # type: ignore[method-assign]
    # A soak started in the background hands down that interrupts are ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
