"""docs/reference/settings.md: every setting, from the fields of `Settings` themselves."""

from __future__ import annotations

from pydantic.fields import FieldInfo

from acpshare.settings import Settings

HEADER = """# Settings

Settings come from the environment. A setting that is misspelt in its value stops the service at its start, with every
problem named.

| setting | default | meaning |
| --- | --- | --- |
"""


def generate() -> dict[str, str]:
    rows = "".join(row(name, field) for name, field in Settings.model_fields.items())
    return {"docs/reference/settings.md": HEADER + rows}


def row(name: str, field: FieldInfo) -> str:
    if not field.description:
        raise ValueError(f"the setting {name} says nothing of what it means")
    prefix = Settings.model_config.get("env_prefix", "")
    default = "" if field.default in (None, ()) else f"`{field.default}`"
    meaning = field.description.replace("|", "\\|")
    return f"| `{prefix}{name.upper()}` | {default} | {meaning} |\n"
