"""Interactions that are being built: 503 until they are here."""
# ruff: noqa
# mypy: ignore-errors

from importlib import import_module
from types import SimpleNamespace

from acpshare.outcome import IssueType, Unavailable, error


def _get(module, name):
    try:
        return getattr(import_module(f"acpshare.interactions.{module}"), name)
    except ModuleNotFoundError:

        def missing(*a, **k):
            raise Unavailable(error(IssueType.TRANSIENT, f"{module} is not built yet"))

        return missing


def _create(components, type, text, **kw):
    from acpshare.interactions.consent_create import create_consent
    from acpshare.interactions.record import record

    if type in ("QuestionnaireResponse", "Consent"):
        return (record if type == "QuestionnaireResponse" else create_consent)(components, text, **kw)
    return _get("create", "create")(components, type, text, **kw)


try:
    import acpshare.interactions.create  # noqa

    keep = _get("create", "create")
except ModuleNotFoundError:
    keep = _create
replace = _get("update", "update")
change = _get("patch", "patch")
take_away = _get("delete", "delete")
bundle = _get("bundle", "bundle")
conditional = SimpleNamespace(
    **{n: _get("conditional", n) for n in ("conditional_update", "conditional_patch", "conditional_delete")}
)
find = _get("search", "search")
Manner = _get("search", "Manner")
