"""What every test shares: how hard the properties are tried, and where nothing may be asked of the outside."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ("tests.support.databases",)

# No deadline: the machine is shared, and a slow example is no wrong example. ACPSHARE_TEST_PROFILE=thorough tries more.
settings.register_profile("quick", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=1000)
settings.load_profile(os.environ.get("ACPSHARE_TEST_PROFILE", "quick"))

LOOPBACK = ("127.", "localhost", "::1", "0.0.0.0")  # noqa: S104


@pytest.fixture(autouse=True, scope="session")
def no_outside_network() -> Iterator[None]:
    """A connection to anything but this machine fails at once, and says so."""
    patch = pytest.MonkeyPatch()
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if not str(host).startswith(LOOPBACK):
            message = "a test reached for the network outside this machine"
            raise AssertionError(message)
        connect(self, address)

    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()
