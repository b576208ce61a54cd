"""The verbs of `slt tape`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from adapters.terminal.commands import From, JsonFile, Repair, Tapes, Until
from adapters.terminal.json_file import write_json
from adapters.terminal.moments import length_ms, window_ms
from adapters.terminal.own_places import refuse_shared_places
from adapters.terminal.session_tables import moment, print_tables
from adapters.terminal.tape_progress import TapeProgress
from adapters.terminal.workbench import GeneratorOptions, TapeOptions, Workbench
from application.tape_inspection import TapeInspection
from domain.market.tape_audit import TapeAudit


def add_tape_commands(app: typer.Typer, bench: Workbench) -> None:
    """Give the app `tape generate`, `tape inspect` and `tape convert`."""
    tape = typer.Typer(no_args_is_help=True, help="Make, look at and convert tapes of candles.")
    app.add_typer(tape, name="tape")
    _add_generate(tape, bench)
    _add_inspect(tape, bench)
    _add_convert(tape, bench)


def _add_generate(tape: typer.Typer, bench: Workbench) -> None:
    @tape.command()
    def generate(
        out: Annotated[Path, typer.Option(help="The folder to write to, a Parquet file a symbol.")],
        seed: Annotated[int, typer.Option(min=0)] = 1,
        symbols: Annotated[int, typer.Option(min=1, max=6)] = 4,
        days: Annotated[int, typer.Option(min=1, max=3650)] = 90,
        edge: Annotated[float, typer.Option(min=0.0, max=1.0, help="How strong an edge is planted.")] = 0.0,
        noise: Annotated[bool, typer.Option("--noise", help="No edge and no trend at all.")] = False,
        json_file: JsonFile = None,
    ) -> None:
        """Make up a market and put it on file."""
        made = []
        for told in bench.generate(GeneratorOptions(seed, symbols, days, edge, is_noise=noise), out):
            made.append(told)
            typer.echo(f"{told.symbol}: {told.candles_written:,} candles", err=json_file is not None)
        if json_file is not None:
            write_json(json_file, {"tapes": made})


def _add_inspect(tape: typer.Typer, bench: Workbench) -> None:
    @tape.command()
    def inspect(
        tapes: Tapes,
        start: From = None,
        until: Until = None,
        repair: Repair = False,
        json_file: JsonFile = None,
    ) -> None:
        """Count what is on tapes and what is wrong with them, and tell what their market is like."""
        refuse_shared_places({"--json": json_file}, tapes)
        with TapeProgress("reading") as progress:
            options = TapeOptions(tapes, *window_ms(start, until), is_repaired=repair)
            found = bench.inspect(options, progress.follow)
        if json_file is not None:
            write_json(json_file, {"tapes": found})
            return
        print_tables(*(_inspection(one) for one in found))


def _add_convert(tape: typer.Typer, bench: Workbench) -> None:
    @tape.command()
    def convert(
        tapes: Tapes,
        out: Annotated[Path, typer.Option(help="The Parquet file to write.")],
        into: Annotated[str | None, typer.Option(help="Longer candles, such as 5m.")] = None,
        start: From = None,
        until: Until = None,
        repair: Repair = False,
        json_file: JsonFile = None,
    ) -> None:
        """Put a tape on file as Parquet."""
        refuse_shared_places({"--out": out, "--json": json_file}, tapes)
        into_ms = None if into is None else length_ms(into)
        with TapeProgress("converting") as progress:
            options = TapeOptions(tapes, *window_ms(start, until), is_repaired=repair)
            told = bench.convert(options, into_ms, out, progress.follow)
        if json_file is not None:
            write_json(json_file, told)
            return
        typer.echo(f"{out}: {told.candles_written:,} candles of {told.symbol}")
        for line in audit_lines(told.audit):
            typer.echo(line)


def audit_lines(audit: TapeAudit) -> list[str]:
    """Tell what an audit found, a line each; nothing for a tape without remarks."""
    if not audit.rows:
        return ["no candle in this window"]
    lines = [f"{count:,} rows: {remark.value}" for remark, count in audit.counts.items() if count]
    if audit.missing_candles:
        lines.append(f"{audit.missing_candles:,} candles missing, the longest gap {audit.longest_gap:,}")
    if audit.dropped:
        lines.append(f"{audit.dropped:,} of {audit.rows:,} rows dropped")
    return lines


def _inspection(found: TapeInspection) -> Table:
    audit = found.audit
    table = Table(title=found.symbol, title_justify="left", show_header=False)
    table.add_row("rows", f"{audit.rows:,} of {found.length:,}")
    table.add_row("candle", f"{found.step_ms // 1000} s")
    table.add_row("first, last (UTC)", f"{moment(audit.first_open_ms)}, {moment(audit.last_open_ms)}")
    for line in audit_lines(audit) or ["nothing wrong"]:
        table.add_row("audit", line)
    for place in audit.places:
        table.add_row("", f"{Path(place.file).name}, row {place.row}: {place.reason}")
    for name in found.facts.__slots__:
        table.add_row(name.replace("_", " "), f"{getattr(found.facts, name):.4g}")
    return table
