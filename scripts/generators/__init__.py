"""One module for each kind of generated file, each with `generate() -> dict[str, str]`."""
