"""A running service for the rules that only the record as a whole can keep."""

from tests.support.service import service, service_on_each

__all__ = ["service", "service_on_each"]
