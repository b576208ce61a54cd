"""The composition root: settings in, wired service out; the entry of the command `slt`."""

from importlib.metadata import version
from typing import Annotated

import typer

app = typer.Typer(name="slt", no_args_is_help=True)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"slt {version('selflearningtrader')}")
        raise typer.Exit


@app.callback()
def slt(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Trade Binance USD-M futures by market structure, and learn from every closed trade."""


def main() -> None:
    """Run the command line."""
    app()
