"""The client's tests talk to a running service."""

from tests.support.service import service, service_on_each

__all__ = ["service", "service_on_each"]
