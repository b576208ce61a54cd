"""The verb `slt walk-forward`."""

from pathlib import Path
from typing import Annotated, Final

import typer

from adapters.terminal.commands import (
    From,
    JsonFile,
    Repair,
    Set,
    SettingsFile,
    Tapes,
    Until,
    session_options,
)
from adapters.terminal.json_file import STANDARD_OUTPUT, write_json
from adapters.terminal.moments import window_ms
from adapters.terminal.own_places import refuse_shared_places
from adapters.terminal.session_tables import print_tables
from adapters.terminal.tape_progress import TapeProgress
from adapters.terminal.walk_forward_bench import WalkForwardBench, WalkOptions
from adapters.terminal.walk_forward_json import walk_forward_as_json
from adapters.terminal.walk_forward_tables import walk_forward_tables
from adapters.terminal.workbench import TapeOptions
from application.walk_forward import WalkStep
from application.walk_forward_report import WalkForwardReport
from domain.market.timeframe import DAY_MS

_DAYS: Final = "d"


def add_walk_forward_command(app: typer.Typer, bench: WalkForwardBench) -> None:
    """Give the app `walk-forward`."""

    @app.command(name="walk-forward")
    def walk_forward(
        tapes: Tapes,
        every: Annotated[
            str, typer.Option(help="Train every so many days, such as 30d, or every so many trades: 50.")
        ] = "30d",
        start: From = None,
        until: Until = None,
        seed: Annotated[int, typer.Option(min=0, help="Deals the cards of trainings and intervals.")] = 1,
        exchange_info: Annotated[
            Path | None,
            typer.Option(
                help="The venue's exchangeInfo as JSON; else its rules are inferred from the candles."
            ),
        ] = None,
        repair: Repair = False,
        report: Annotated[
            Path | None, typer.Option(help="Write all of it, with charts, as one HTML file.")
        ] = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
        setting: Set = None,
    ) -> None:
        """Learn on what is over, trade what comes after, again and again, and say whether it was worth it."""
        written = {"--json": json_file, "--report": report}
        refuse_shared_places(written, [*tapes, exchange_info, settings_file])
        walk = walk_options(every, seed, report)
        options = TapeOptions(tapes, *window_ms(start, until), repair, exchange_info)
        session = session_options(settings_file, setting)
        told = None
        with TapeProgress("walk forward") as progress:
            for told in bench.walk_forward(options, walk, session, progress.follow):
                if isinstance(told, WalkStep):
                    progress.say(f"learned from {told.learned:,} setups")
        if isinstance(told, WalkForwardReport):
            _show(told, json_file)


def walk_options(every: str, seed: int, report: Path | None) -> WalkOptions:
    """Read how often a model is trained: 30d is days, 50 is trades. Raises typer.BadParameter."""
    number = every.removesuffix(_DAYS)
    if not number.isdecimal() or int(number) < 1:
        raise typer.BadParameter(f"{every!r} is no number of days or trades, such as 30d or 50")
    is_days = every.endswith(_DAYS)
    days, trades = (int(number), 0) if is_days else (1, int(number))
    return WalkOptions(days * DAY_MS, trades, seed, report)


def _show(report: WalkForwardReport, json_file: Path | None) -> None:
    if json_file != STANDARD_OUTPUT:
        typer.echo(report.verdict.headline)
        for reason in report.verdict.reasons:
            typer.echo(f"- {reason}")
        print_tables(walk_forward_tables(report))
        typer.echo(report.verdict.headline)
    if json_file is not None:
        write_json(json_file, walk_forward_as_json(report))
