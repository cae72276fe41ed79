"""All commands. Nothing heavy is imported before a command runs, so that `--help` is quick."""

from __future__ import annotations

from typing import Annotated

import typer

from acpshare.cli import administration, forms
from acpshare.cli.bulk import export, import_
from acpshare.cli.download import download
from acpshare.cli.serving import demo, serve
from acpshare.cli.translate import translate

app = typer.Typer(
    help="One advance care plan, stored once, shown as ReSPECT, TEP, TEAL or DNACPR forms.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("acpshare"))
        raise typer.Exit


@app.callback()
def acpshare(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """One advance care plan, stored once, shown as ReSPECT, TEP, TEAL or DNACPR forms."""


app.command()(demo)
app.command()(serve)
app.command()(translate)
app.add_typer(forms.group, name="forms")
app.command("import")(import_)
app.command()(export)
app.command()(download)
app.add_typer(administration.db, name="db")
app.add_typer(administration.audit, name="audit")
