"""Whether the service lives, and whether it can do its work: for whoever restarts it and whoever sends it traffic."""

from __future__ import annotations

from typing import Any

from acpshare.interactions.components import Components


def live(components: Components) -> dict[str, Any]:
    return {"status": "live", "version": components.version}


def ready(components: Components) -> dict[str, Any]:
    """Raises Unavailable when the database cannot be used."""
    components.store.ready()
    return {"status": "ready", "version": components.version, "forms": sorted(components.mappings)}
