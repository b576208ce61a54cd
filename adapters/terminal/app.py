"""The command `slt`: its verbs, and what it says when something is wrong."""

from typing import Annotated, Protocol

import typer

from adapters.terminal.commands import add_session_commands, add_store_commands
from adapters.terminal.learn_commands import add_learn_commands
from adapters.terminal.learning_bench import LearningBench
from adapters.terminal.tape_commands import add_tape_commands
from adapters.terminal.venue_commands import add_venue_command
from adapters.terminal.walk_forward_bench import WalkForwardBench
from adapters.terminal.walk_forward_command import add_walk_forward_command
from adapters.terminal.workbench import Workbench


class Bench(Workbench, LearningBench, WalkForwardBench, Protocol):
    """Every job there is."""


def build_app(bench: Bench) -> typer.Typer:
    """Give the command line of a wired service."""
    app = typer.Typer(
        name="slt",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="Trade Binance USD-M futures by market structure, and know why.",
    )

    def tell_version(wanted: bool) -> None:
        if wanted:
            typer.echo(f"slt {bench.version()}")
            raise typer.Exit

    @app.callback()
    def slt(
        version: Annotated[
            bool, typer.Option("--version", callback=tell_version, is_eager=True, help="Show the version.")
        ] = False,
    ) -> None:
        """Trade Binance USD-M futures by market structure, and know why."""

    add_session_commands(app, bench)
    add_store_commands(app, bench)
    add_learn_commands(app, bench)
    add_tape_commands(app, bench)
    add_venue_command(app, bench)
    add_walk_forward_command(app, bench)
    return app
