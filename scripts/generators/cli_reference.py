"""docs/reference/cli.md: every command with its arguments and options, from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from acpshare.cli.app import app
from acpshare.cli.ending import Ending

HEADER = """# The command line

`acpshare COMMAND --help` says the same. Settings come from the environment: [settings](settings.md). Tables fold to fit
a terminal; piped, each row is one line and nothing is cut off.

## Exit codes

| code | means |
| --- | --- |
"""
MEANING = {
    Ending.DONE: "Done. `translate`: everything was carried as equal or equivalent.",
    Ending.FAILED: "It failed, and not for the input: a database that does not answer, an audit chain that is broken.",
    Ending.BAD_INPUT: "Bad input or usage. Every problem has been listed, each with its place.",
    Ending.NOT_ALL_CARRIED: "`translate`: done, and something is narrower, wider, inexact, only text or not sayable.",
    Ending.UNSAFE: "Refused because a safety rule forbids it. The rule is named, and nothing was written.",
    Ending.INTERRUPTED: "Interrupted with Ctrl-C.",
}


def generate() -> dict[str, str]:
    codes = "".join(f"| {ending.value} | {MEANING[ending]} |\n" for ending in Ending)
    return {"docs/reference/cli.md": HEADER + codes + "".join(_section(*each) for each in _commands())}


def _commands() -> Iterator[tuple[str, Any]]:
    for name, command in _inner(typer.main.get_command(app)):
        below = list(_inner(command))
        yield from [(f"{name} {inner}", each) for inner, each in below] or [(name, command)]


def _inner(command: Any) -> Iterator[tuple[str, Any]]:
    yield from getattr(command, "commands", {}).items()


def _section(name: str, command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    usage = " ".join(["acpshare", name, *map(_argument, arguments), *(["[OPTIONS]"] if options else [])])
    rows = [(f"`{_argument(each)}`", each.help) for each in arguments]
    rows += [(f"`{_option(each)}`", f"{each.help}{_default(each)}") for each in options]
    table = "\n| argument | meaning |\n| --- | --- |\n" if rows else ""
    lines = "".join(f"| {left} | {right} |\n" for left, right in rows)
    return f"\n## `{name}`\n\n`{usage}`\n\n{inspect.cleandoc(command.help)}\n{table}{lines}"


def _argument(argument: Any) -> str:
    name = str(argument.metavar or argument.name.upper()).strip("[]")
    many = "..." if argument.nargs == -1 else ""
    return f"{name}{many}" if argument.required else f"[{name}{many}]"


def _option(option: Any) -> str:
    name = max(option.opts, key=len)
    return str(name) if option.is_flag else f"{name} {option.metavar or option.name.upper()}"


def _default(option: Any) -> str:
    if option.required:
        return " Required."
    return "" if option.is_flag or option.default is None else f" Default: `{option.default}`."
