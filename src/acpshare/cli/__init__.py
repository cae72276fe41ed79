"""The command line: `acpshare`, one module for each group of commands. https://typer.tiangolo.com"""

from acpshare.cli.main import main

__all__ = ["main"]
