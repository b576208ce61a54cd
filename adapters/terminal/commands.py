"""The verbs of `slt` that trade, replay and explain."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

import typer

from adapters.terminal.json_file import STANDARD_OUTPUT, write_json
from adapters.terminal.learn_json import learning_as_json
from adapters.terminal.learn_tables import seat_tables
from adapters.terminal.moments import length_ms, window_ms
from adapters.terminal.own_places import refuse_shared_places
from adapters.terminal.report_json import report_as_json, trades_as_json
from adapters.terminal.session_tables import moment, print_tables, session_tables, trade_table
from adapters.terminal.tape_progress import TapeProgress
from adapters.terminal.workbench import (
    GeneratorOptions,
    ReportOptions,
    RunOptions,
    SessionOptions,
    SessionOutcome,
    TapeOptions,
    Workbench,
)
from application.learning_status import LearningStatus
from domain.position.closed_trade import ClosedTrade

LEARN_DAYS: Final = 54
FEW_TRADES: Final = 20

SettingsFile = Annotated[Path | None, typer.Option("--settings", help="A TOML file of settings.")]
JsonFile = Annotated[
    Path | None, typer.Option("--json", help="Write the report as JSON to this file, - for stdout.")
]
Tapes = Annotated[
    list[str],
    typer.Argument(help="Parquet files, Binance zips or CSVs, or folders of them; SYMBOL=PATH names one."),
]
From = Annotated[str | None, typer.Option("--from", help="First day or moment (UTC), such as 2023-01-31.")]
Until = Annotated[str | None, typer.Option("--to", help="End, not included, such as 2023-03-01.")]
Engine = Annotated[str | None, typer.Option(help="Structure engine: native or reference.")]
Confidence = Annotated[
    str | None, typer.Option(help="For tests and drills: a number, or `structure`; never a model's belief.")
]
Repair = Annotated[
    bool, typer.Option("--repair", help="Drop and count what cannot be true, instead of refusing it.")
]
StoreFile = Annotated[
    Path | None, typer.Option("--store", help="SQLite file of closed trades and decisions.")
]
Set = Annotated[
    list[str] | None, typer.Option("--set", help="One setting, such as exits.longest_hold_ms=3600000.")
]


Faults = Annotated[
    str | None, typer.Option(help="A JSON file of faults, or a seed for a schedule of nearly all of them.")
]


def faults_asked(text: str | None) -> Path | int | None:
    """Read which faults were asked for: a file of them, or a seed."""
    if text is None:
        return None
    return int(text) if text.isdecimal() else Path(text)


def add_session_commands(app: typer.Typer, bench: Workbench) -> None:
    """Give the app its trading verbs."""
    _add_run(app, bench)
    _add_backtest(app, bench)
    _add_replay(app, bench)
    _add_features(app, bench)


def _add_run(app: typer.Typer, bench: Workbench) -> None:
    @app.command()
    def run(
        venue: Annotated[
            str | None,
            typer.Option(help="embedded (a simulated Binance of our own, the default), binance, or testnet."),
        ] = None,
        mode: Annotated[str | None, typer.Option(help="paper (the default) or live.")] = None,
        is_confirmed: Annotated[
            bool, typer.Option("--i-trade-real-money", help="Confirms `--mode live` at Binance.")
        ] = False,
        is_fresh: Annotated[
            bool,
            typer.Option("--fresh", help="Live: do not take over a session that broke off; begin anew."),
        ] = False,
        history: Annotated[
            list[str] | None,
            typer.Option(help="A tape of what happened before, at Binance or its testnet; may be repeated."),
        ] = None,
        hours: Annotated[
            float | None,
            typer.Option(min=0.001, max=24.0 * 365, help="How long, by the venue's clock; else 16 embedded."),
        ] = None,
        seed: Annotated[int, typer.Option(min=0, help="Another seed is another market.")] = 1,
        symbols: Annotated[int, typer.Option(min=1, max=6, help="How many symbols are made up.")] = 4,
        edge: Annotated[float, typer.Option(min=0.0, max=1.0, help="How strong an edge is planted.")] = 1.0,
        noise: Annotated[bool, typer.Option("--noise", help="A market without any edge at all.")] = False,
        learn_days: Annotated[
            int,
            typer.Option(min=0, max=400, help="Days of made-up history that teach and try a first model."),
        ] = LEARN_DAYS,
        faults: Faults = None,
        confidence: Confidence = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
        setting: Set = None,
    ) -> None:
        """Trade on a venue, by default one of our own whose market is made up, and show what came of it."""
        refuse_shared_places({"--json": json_file}, [*(history or []), settings_file])
        session = session_options(
            settings_file, setting, confidence=confidence, named={"venue.kind": venue, "mode": mode}
        )
        generator = GeneratorOptions(seed, symbols, days=0, edge_strength=edge, is_noise=noise)
        asked = RunOptions(
            hours, generator, faults_asked(faults), history or (), is_confirmed, is_fresh, learn_days
        )
        with TapeProgress("trading") as progress:
            outcome = bench.run(asked, session, progress.follow)
        _show(outcome, json_file)
        if outcome.exit_code:
            typer.echo("slt: ended as asked; what was open is closed", err=True)
            raise typer.Exit(outcome.exit_code)


def _add_backtest(app: typer.Typer, bench: Workbench) -> None:
    @app.command()
    def backtest(
        tapes: Tapes,
        start: From = None,
        until: Until = None,
        engine: Engine = None,
        confidence: Confidence = None,
        journal: Annotated[
            Path | None, typer.Option(help="Write a journal that `slt replay` can check.")
        ] = None,
        store: StoreFile = None,
        learn: Annotated[
            Path | None,
            typer.Option(help="Learn on the way, as a live session does, in this file; its champion trades."),
        ] = None,
        exchange_info: Annotated[
            Path | None,
            typer.Option(
                help="The venue's exchangeInfo as JSON; else its rules are inferred from the candles."
            ),
        ] = None,
        repair: Repair = False,
        report: Annotated[
            Path | None, typer.Option(help="Write what it is worth, with charts, as one HTML file.")
        ] = None,
        trials: Annotated[
            int | None,
            typer.Option(
                min=1, max=10**9, help="With --report: how many variants you have tried, this one included."
            ),
        ] = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
        setting: Set = None,
    ) -> None:
        """Trade recorded candles through the same loop that trades live."""
        if trials is not None and report is None:
            raise typer.BadParameter("counts only where a report is written", param_hint="--trials")
        if report == STANDARD_OUTPUT:
            raise typer.BadParameter("a page with charts is put in a file", param_hint="--report")
        written = {
            "--journal": journal,
            "--store": store,
            "--learn": learn,
            "--json": json_file,
            "--report": report,
        }
        refuse_shared_places(written, [*tapes, exchange_info, settings_file])
        session = session_options(settings_file, setting, journal, store, confidence, engine, learn)
        options = TapeOptions(tapes, *window_ms(start, until), repair, exchange_info)
        with TapeProgress("backtest") as progress:
            told = None if report is None else ReportOptions(report, trials)
            outcome = bench.backtest(options, session, progress.follow, told)
        _show(outcome, json_file)


def _add_replay(app: typer.Typer, bench: Workbench) -> None:
    @app.command()
    def replay(
        journal: Annotated[Path, typer.Argument(help="A journal of an earlier session.")],
        json_file: JsonFile = None,
    ) -> None:
        """Decide a recorded session again; the first decision that differs is named."""
        refuse_shared_places({"--json": json_file}, [journal])
        outcome = bench.replay(journal)
        if json_file is not None:
            write_json(json_file, outcome)
            return
        for notice in outcome.notices:
            typer.echo(notice)
        typer.echo(
            f"{outcome.events:,} events, {outcome.trades} trades: every decision is the same to the last bit"
        )


def _add_features(app: typer.Typer, bench: Workbench) -> None:
    @app.command()
    def features(
        tapes: Tapes,
        out: Annotated[Path, typer.Option(help="The Parquet file to write.")],
        base: Annotated[str, typer.Option(help="Length of a base bar.")] = "5m",
        middle: Annotated[str, typer.Option(help="Length of a middle bar.")] = "15m",
        higher: Annotated[str, typer.Option(help="Length of a higher bar.")] = "1h",
        engine: Engine = None,
        start: From = None,
        until: Until = None,
        repair: Repair = False,
        json_file: JsonFile = None,
    ) -> None:
        """Write the twelve features of a tape, one row a base bar."""
        refuse_shared_places({"--out": out, "--json": json_file}, tapes)
        frames = {"base": base, "middle": middle, "higher": higher}
        settings = {f"structure_rules.{name}_step_ms": str(length_ms(text)) for name, text in frames.items()}
        if engine is not None:
            settings["structure"] = engine
        options = TapeOptions(tapes, *window_ms(start, until), is_repaired=repair)
        with TapeProgress("features") as progress:
            told = bench.features(options, settings, out, progress.follow)
        if json_file is not None:
            write_json(json_file, told)
            return
        typer.echo(f"{out}: {told.bars:,} base bars, {told.ready:,} with features")


def add_store_commands(app: typer.Typer, bench: Workbench) -> None:
    """Give the app the verbs that read the store."""

    @app.command()
    def trades(
        last: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
        store: StoreFile = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
    ) -> None:
        """Show the closed trades of the last session."""
        refuse_shared_places({"--json": json_file}, [store, settings_file])
        found = bench.trades(SessionOptions(settings_file=settings_file, store=store))[-last:]
        if json_file is not None:
            write_json(json_file, {"trades": trades_as_json(found)})
        else:
            print_tables(trade_table(found))

    @app.command()
    def why(
        trade: Annotated[str, typer.Argument(help="A trade's id, as `slt trades` shows it.")],
        store: StoreFile = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
    ) -> None:
        """Tell why a trade was made, how it was sized, and why it was left."""
        refuse_shared_places({"--json": json_file}, [store, settings_file])
        closed, decisions = bench.why(SessionOptions(settings_file=settings_file, store=store), trade)
        if json_file is not None:
            write_json(json_file, {"trade": trades_as_json([closed])[0], "decisions": decisions})
            return
        print_tables(trade_table([closed]))
        for decision in decisions:
            typer.echo(f"{moment(decision.at_ms)}  {decision.kind} ({decision.reason}): {decision.detail}")


def session_options(
    settings_file: Path | None,
    overrides: list[str] | None,
    journal: Path | None = None,
    store: Path | None = None,
    confidence: str | None = None,
    engine: str | None = None,
    learning: Path | None = None,
    named: Mapping[str, str | None] = MappingProxyType({}),
) -> SessionOptions:
    """Put together what a session was asked for; `named` are settings by name. Raises typer.BadParameter."""
    settings = dict(_named_setting(text) for text in overrides or [])
    chosen = {"confidence": confidence, "structure": engine, **named}
    settings |= {name: value for name, value in chosen.items() if value is not None}
    return SessionOptions(settings, settings_file, journal, store, learning)


def _named_setting(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise typer.BadParameter(f"{text!r} is no NAME=VALUE", param_hint="--set")
    return name.strip(), value.strip()


def _show(outcome: SessionOutcome, json_file: Path | None) -> None:
    if json_file != STANDARD_OUTPUT:
        print_tables(session_tables(outcome.report))
        if outcome.learning is not None:
            _show_learning(outcome.learning, outcome.report.trades)
        for notice in outcome.notices:
            typer.echo(notice)
    if json_file is not None:
        told = report_as_json(outcome.report, outcome.audits)
        if outcome.learning is not None:
            told["learning"] = learning_as_json(outcome.learning)
        write_json(json_file, told)


def _show_learning(learning: LearningStatus, trades: Sequence[ClosedTrade]) -> None:
    """Tell the trades, if they are few, and who decided on them."""
    if 0 < len(trades) <= FEW_TRADES:
        print_tables(trade_table(trades))
    print_tables(*seat_tables(learning))
    typer.echo(f"{learning.headline}.")
