"""The verbs of `slt learn`."""

from pathlib import Path
from typing import Annotated, Final

import typer

from adapters.terminal.commands import (
    From,
    JsonFile,
    Repair,
    Set,
    SettingsFile,
    StoreFile,
    Tapes,
    Until,
    session_options,
)
from adapters.terminal.json_file import STANDARD_OUTPUT, write_json
from adapters.terminal.learn_json import begun_as_json, done_as_json, explanation_as_json, status_as_json
from adapters.terminal.learn_tables import (
    begun_tables,
    done_tables,
    explanation_lines,
    explanation_tables,
    status_tables,
)
from adapters.terminal.learning_bench import LearningBench, LearningDone, LearningOptions, LearningTold
from adapters.terminal.moments import window_ms
from adapters.terminal.own_places import refuse_shared_places
from adapters.terminal.session_tables import print_tables
from adapters.terminal.tape_progress import TapeProgress
from adapters.terminal.workbench import SessionOptions, TapeOptions
from domain.learning.model_history import What

WITHOUT_PROOF: Final = "without proof"

LearningFile = Annotated[
    Path | None,
    typer.Option("--file", help="The learning file; else that of the last session or the venue."),
]
Report = Annotated[
    Path | None, typer.Option("--report", help="Write what learning is worth, with charts, as one HTML file.")
]


def add_learn_commands(app: typer.Typer, bench: LearningBench) -> None:
    """Give the app the verbs of learning."""
    learn = typer.Typer(no_args_is_help=True, help="Learn from setups, and see what it is worth.")
    _add_readers(learn, bench)
    _add_explain(learn, bench)
    _add_steps(learn, bench)
    _add_bootstrap(learn, bench)
    app.add_typer(learn, name="learn")


def _add_readers(learn: typer.Typer, bench: LearningBench) -> None:
    @learn.command()
    def status(
        file: LearningFile = None,
        report: Report = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
        setting: Set = None,
    ) -> None:
        """Tell who is believed and why, what is on trial, and what was learned from."""
        refuse_shared_places({"--json": json_file, "--report": report}, [file, settings_file])
        options = LearningOptions(session_options(settings_file, setting), file, report)
        _show(bench.learning_status(options), json_file)

    @learn.command()
    def report(
        out: Annotated[Path, typer.Argument(help="The HTML file to write.")],
        file: LearningFile = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
        setting: Set = None,
    ) -> None:
        """Write what learning is worth, with charts, as one HTML file."""
        refuse_shared_places({"OUT": out, "--json": json_file}, [file, settings_file])
        told = bench.learning_status(LearningOptions(session_options(settings_file, setting), file, out))
        if json_file is not None:
            write_json(json_file, status_as_json(told))
        if json_file != STANDARD_OUTPUT:
            for notice in (told.status.headline, *told.notices):
                typer.echo(notice)


def _add_explain(learn: typer.Typer, bench: LearningBench) -> None:
    @learn.command()
    def explain(
        trade: Annotated[str, typer.Argument(help="A trade's id, as `slt trades` shows it, or a setup's.")],
        file: LearningFile = None,
        store: StoreFile = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
    ) -> None:
        """Tell what a model thought of a trade, column by column, and how that became a size."""
        refuse_shared_places({"--json": json_file}, [file, store, settings_file])
        session = SessionOptions(settings_file=settings_file, store=store)
        told = bench.explain(LearningOptions(session, file), trade)
        if json_file is not None:
            write_json(json_file, explanation_as_json(told))
            return
        for line in explanation_lines(told):
            typer.echo(line)
        print_tables(explanation_tables(told))


def _add_steps(learn: typer.Typer, bench: LearningBench) -> None:
    @learn.command()
    def train(
        file: LearningFile = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
        setting: Set = None,
    ) -> None:
        """Train a challenger now; its trial begins with the setups that come after this."""
        refuse_shared_places({"--json": json_file}, [file, settings_file])
        options = LearningOptions(session_options(settings_file, setting), file)
        _show_done(bench.train(options), json_file)

    @learn.command()
    def promote(
        is_by_hand: Annotated[
            bool, typer.Option("--by-hand", help="Seat it without proof; it will be called that for good.")
        ] = False,
        is_sure: Annotated[bool, typer.Option("--yes", help="With --by-hand: do not ask.")] = False,
        file: LearningFile = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
        setting: Set = None,
    ) -> None:
        """Have the challenger on trial tested now; a test that fails is an attempt spent."""
        refuse_shared_places({"--json": json_file}, [file, settings_file])
        if is_by_hand and not is_sure:
            _ask_for_the_words()
        options = LearningOptions(session_options(settings_file, setting), file)
        _show_done(bench.promote(options, is_by_hand=is_by_hand), json_file)

    @learn.command()
    def rollback(
        file: LearningFile = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
        setting: Set = None,
    ) -> None:
        """Send the champion away; the last that retired sits again, or nobody."""
        refuse_shared_places({"--json": json_file}, [file, settings_file])
        options = LearningOptions(session_options(settings_file, setting), file)
        _show_done(bench.roll_back(options), json_file)


def _add_bootstrap(learn: typer.Typer, bench: LearningBench) -> None:
    @learn.command()
    def bootstrap(
        tapes: Tapes,
        start: From = None,
        until: Until = None,
        taught_share: Annotated[
            float,
            typer.Option("--teach", min=0.1, max=0.9, help="The share of time that teaches; the rest tests."),
        ] = 0.6,
        exchange_info: Annotated[
            Path | None,
            typer.Option(
                help="The venue's exchangeInfo as JSON; else its rules are inferred from the candles."
            ),
        ] = None,
        repair: Repair = False,
        file: LearningFile = None,
        report: Report = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
        setting: Set = None,
    ) -> None:
        """Begin learning with recorded candles: train on the first part, try on the rest."""
        written = {"--file": file, "--report": report, "--json": json_file}
        refuse_shared_places(written, [*tapes, exchange_info, settings_file])
        options = LearningOptions(session_options(settings_file, setting), file, report)
        told = TapeOptions(tapes, *window_ms(start, until), repair, exchange_info)
        with TapeProgress("looking for setups") as progress:
            begun = bench.bootstrap(told, options, taught_share, progress.follow)
        if json_file is not None:
            write_json(json_file, begun_as_json(begun))
        if json_file != STANDARD_OUTPUT:
            typer.echo(begun.told.status.headline)
            print_tables(begun_tables(begun))
            for notice in begun.told.notices:
                typer.echo(notice)


def _ask_for_the_words() -> None:
    """Let nobody seat a model without proof by mistake. Raises typer.BadParameter."""
    typer.echo(
        "This model has proven nothing; sized by it, trades may lose more than exploring does.", err=True
    )
    try:
        answer = typer.prompt(f"Type '{WITHOUT_PROOF}' to seat it", default="", show_default=False, err=True)
    except typer.Abort:
        answer = ""
    if answer.strip() != WITHOUT_PROOF:
        raise typer.BadParameter(
            "nothing was changed; give --yes as well to be asked no more", param_hint="--by-hand"
        )


def _show(told: LearningTold, json_file: Path | None) -> None:
    if json_file is not None:
        write_json(json_file, status_as_json(told))
    if json_file != STANDARD_OUTPUT:
        typer.echo(told.status.headline)
        print_tables(status_tables(told.status))
        for notice in told.notices:
            typer.echo(notice)


def _show_done(told: LearningDone, json_file: Path | None) -> None:
    """Tell what was done; a training that gave no model ends with exit code 1."""
    if json_file is not None:
        write_json(json_file, done_as_json(told))
    if json_file != STANDARD_OUTPUT:
        print_tables(done_tables(told.done))
        for line in told.done.missing:
            typer.echo(f"not tested, nothing spent: {line}")
        for notice in told.notices:
            typer.echo(notice)
    if any(one.what is What.NOT_TRAINED for one in told.done.happened):
        raise typer.Exit(1)
