"""The verb `slt venue`: Binance's wire protocol on loopback, with nothing real behind it."""

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from adapters.terminal.commands import (
    Faults,
    From,
    JsonFile,
    Set,
    SettingsFile,
    Until,
    faults_asked,
    session_options,
)
from adapters.terminal.json_file import STANDARD_OUTPUT, write_json
from adapters.terminal.moments import moment_ms, window_ms
from adapters.terminal.own_places import refuse_shared_places
from adapters.terminal.session_tables import count_table, moment, money, print_tables
from adapters.terminal.workbench import (
    GeneratorOptions,
    SessionOptions,
    TapeOptions,
    VenueOpened,
    VenueOptions,
    VenueSummary,
    Workbench,
)
from domain.market.timeframe import HOUR_MS

FASTEST: Final = "max"

Port = Annotated[
    int, typer.Option(min=0, max=65535, help="Where it listens on loopback; 0 is any free port.")
]
Speed = Annotated[
    str,
    typer.Option(
        help="How many times its pace the market runs; `max` as fast as the clients read, standing still"
        " while no stream is open."
    ),
]


def add_venue_command(app: typer.Typer, bench: Workbench) -> None:
    """Give the app `venue`."""

    @app.command()
    def venue(
        tapes: Annotated[
            list[str] | None,
            typer.Argument(help="Tapes its prices come from; without one they are made up from the seed."),
        ] = None,
        port: Port = 8790,
        speed: Speed = "1",
        seed: Annotated[int, typer.Option(min=0, help="Another seed is another market and another key.")] = 1,
        symbols: Annotated[int, typer.Option(min=1, max=6, help="How many symbols are made up.")] = 4,
        days: Annotated[int, typer.Option(min=1, max=3650, help="How many days the market lasts.")] = 1,
        edge: Annotated[float, typer.Option(min=0.0, max=1.0, help="How strong an edge is planted.")] = 0.0,
        wallet: Annotated[str | None, typer.Option(help="What the account holds, in quote currency.")] = None,
        faults: Faults = None,
        list_faults: Annotated[
            bool, typer.Option("--list-faults", help="Name every fault, and do nothing else.")
        ] = False,
        start: From = None,
        end: Until = None,
        until: Annotated[
            str | None, typer.Option(help="The moment of the venue's time at which it ends.")
        ] = None,
        history_hours: Annotated[
            float, typer.Option(min=0.0, max=48.0, help="How much of the market has passed when it opens.")
        ] = 1.0,
        exchange_info: Annotated[
            Path | None, typer.Option(help="The venue's exchangeInfo as JSON, for the rules of tapes.")
        ] = None,
        json_file: JsonFile = None,
        settings_file: SettingsFile = None,
        setting: Set = None,
    ) -> None:
        """Open a simulated Binance on loopback for any client, until its market ends or Ctrl-C."""
        if list_faults:
            print_tables(_fault_table(bench))
            return
        refuse_shared_places({"--json": json_file}, [*(tapes or []), exchange_info, settings_file])
        market: TapeOptions | GeneratorOptions = GeneratorOptions(seed, symbols, days, edge, is_noise=False)
        if tapes:
            market = TapeOptions(tapes, *window_ms(start, end), exchange_info=exchange_info)
        history_ms, until_ms = round(history_hours * HOUR_MS), moment_ms(until)
        options = VenueOptions(port, _speed(speed), seed, history_ms, until_ms, faults_asked(faults))
        session = session_options(settings_file, setting, named={"wallet": wallet})
        _play(bench, market, options, session, json_file)


def _play(
    bench: Workbench,
    market: TapeOptions | GeneratorOptions,
    options: VenueOptions,
    session: SessionOptions,
    json_file: Path | None,
) -> None:
    """Open the venue, say where it is, let its market run, and sum up."""
    with bench.venue(market, options, session) as running:
        _refuse_past(options.until_ms, running.opened.now_ms)
        if json_file != STANDARD_OUTPUT:
            typer.echo("\n".join(opening_lines(running.opened)))
        summary = running.play()
    if json_file != STANDARD_OUTPUT:
        print_tables(*summary_tables(summary))
    if json_file is not None:
        write_json(json_file, summary)


def opening_lines(opened: VenueOpened) -> list[str]:
    """Say where the venue is, what opens it, and what to put where."""
    return [
        "A simulated Binance USD-M futures venue is open. Nothing at it is real; no order leaves here.",
        f"  REST           {opened.rest_url}",
        f"  streams        {opened.stream_url}  (/public, /market, /private)",
        f"  WebSocket API  {opened.ws_api_url}",
        f"  symbols        {', '.join(opened.symbols)}",
        f"  time           {_time_of(opened)}",
        "A throw-away key, made up from the seed; it opens this venue and nothing else:",
        f"  BINANCE_API_KEY={opened.api_key}",
        f"  BINANCE_API_SECRET={opened.api_secret}",
        "What to put where:",
        f'  official SDK    ConfigurationRestAPI(base_path="{opened.rest_url}", ...)',
        f'                  ConfigurationWebSocketStreams(stream_url="{opened.stream_url}")',
        f'                  ConfigurationWebSocketAPI(stream_url="{opened.ws_api_url}", ...)',
        f'  python-binance  AsyncClient.FUTURES_URL = "{opened.rest_url}/fapi"',
        f'                  AsyncClient.WS_FUTURES_URL = "{opened.ws_api_url}"',
        f'                  BinanceSocketManager.FSTREAM_URL = "{opened.stream_url}/"',
        f"  slt             slt run --venue binance --set binance.symbols={','.join(opened.symbols)} \\",
        f"                  --set venue.rest_url={opened.rest_url} \\",
        f"                  --set venue.stream_url={opened.stream_url}",
        "Ctrl-C closes it.",
    ]


def summary_tables(summary: VenueSummary) -> list[Table]:
    """Tell what happened while the venue was open."""
    table = Table(title="the venue", title_justify="left", show_header=False)
    table.add_row("open from, until (UTC)", f"{moment(summary.from_ms)}, {moment(summary.until_ms)}")
    table.add_row("trades of the account", f"{summary.trades:,}")
    table.add_row("open orders, positions", f"{summary.open_orders}, {summary.open_positions}")
    table.add_row("wallet", f"{money(summary.start_wallet)} -> {money(summary.end_wallet)}")
    counted = {"calls": summary.calls, "faults struck": summary.faults}
    return [table, *(count_table(title, counts) for title, counts in counted.items() if counts)]


def _time_of(opened: VenueOpened) -> str:
    now = f"{moment(opened.now_ms)} UTC"
    if opened.speed == 1.0:
        return f"{now}, as on this machine"
    pace = (
        "as fast as the streams are read" if opened.speed is None else f"at {opened.speed:g} times its pace"
    )
    return f"{now}, {pace}: sign with the time that /fapi/v1/time tells"


def _speed(text: str) -> float | None:
    if text == FASTEST:
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.0 < speed <= 1e6:  # noqa: PLR2004 - beyond it a millisecond holds hours; also no NaN
        raise typer.BadParameter(f"{text!r} is no number above 0, nor {FASTEST}", param_hint="--speed")
    return speed


def _refuse_past(until_ms: int | None, now_ms: int) -> None:
    if until_ms is not None and until_ms <= now_ms:
        raise typer.BadParameter(f"the venue opens at {moment(now_ms)}, after that", param_hint="--until")


def _fault_table(bench: Workbench) -> Table:
    table = Table(title="faults", title_justify="left")
    table.add_column("fault")
    table.add_column("what it does")
    for name, deed in bench.faults().items():
        table.add_row(name, deed)
    return table
