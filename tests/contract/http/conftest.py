"""Every test of the interactions has a running service at hand."""

from tests.support.service import service, service_on_each

__all__ = ["service", "service_on_each"]
