"""All form editions that this service knows: the shipped ones, and an integrator's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from acpshare.outcome import Invalid
from acpshare.translation.compiling.mapping_file import compile_files
from acpshare.translation.mapping import CompiledMapping


class MappingsInvalid(Invalid):
    """At least one mapping file does not compile; the issues name file, line and path."""


class Mappings(Mapping[str, CompiledMapping]):
    """Compiled mappings by form id, in the order of their ids."""

    def __init__(self, mappings: Sequence[CompiledMapping]) -> None:
        self._by_id = {each.id: each for each in sorted(mappings, key=lambda each: each.id)}

    def __getitem__(self, form_id: str) -> CompiledMapping:
        return self._by_id[form_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)


def shipped_files() -> Mapping[str, Path]:
    """The mapping files that come with the service, by the name they are called."""
    packaged = Path(str(files("acpshare"))) / "mappings"
    folder = packaged if packaged.is_dir() else Path(__file__).resolve().parents[3] / "mappings"
    return {f"mappings/{path.name}": path for path in sorted(folder.glob("*.yaml"))}


def mapping_files(paths: Sequence[Path]) -> Mapping[str, Path]:
    """Mapping files at the given paths; a folder stands for the files in it."""
    found: dict[str, Path] = {}
    for path in paths:
        for each in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
            found[str(each)] = each
    return found


def load_mappings(extra: Sequence[Path] = ()) -> Mappings:
    """The shipped mappings and those at `extra` paths. Raises MappingsInvalid with every problem of every file."""
    compiled = compile_files({**shipped_files(), **mapping_files(extra)})
    issues = tuple(issue for each in compiled for issue in each.issues)
    if issues:
        raise MappingsInvalid(*issues)
    return Mappings([each.mapping for each in compiled if each.mapping is not None])
