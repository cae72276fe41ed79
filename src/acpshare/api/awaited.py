"""Interactions that are being built: 503 until they are here."""

# ruff: noqa
# mypy: ignore-errors
from acpshare.outcome import IssueType, Unavailable, error

try:
    from acpshare.interactions.bundle import bundle
except ModuleNotFoundError:

    def bundle(*a, **k):
        raise Unavailable(error(IssueType.TRANSIENT, f"bundle is not built yet"))
