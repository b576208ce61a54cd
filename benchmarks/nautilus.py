"""Whole backtests of one generated tape, ours and NautilusTrader's, as a table of bars per CPU second.

Run by `make nautilus` in an environment of its own, with the `nautilus` group of pyproject.toml in it.
What is done at a bar differs, and the table says what: ours reads structure on three timeframes, looks
for setups, and watches exits; theirs hands bars to a strategy that does nothing, or trades by the clock.
"""

import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pyarrow.parquet as pq

DAYS = 348
PEER = "NautilusTrader 1.221"
ORDERS_EVERY = {"no strategy": None, "a strategy that watches": 0, "a market order in 83 bars": 83}
WALLET = 1_000_000
QUANTITY = Decimal("0.010")
MINUTE_MS = 60_000
Theirs: TypeAlias = Any
"""A thing of the peer's, of which nobody here knows the type."""

PRICES = ("open", "high", "low", "close", "volume")


class Run(NamedTuple):
    """How many bars somebody read, how many orders came of it, and the CPU time of both."""

    who: str
    what: str
    bars: int
    orders: int
    seconds: float


def main() -> None:
    """Make a tape, run everybody on it, and print one table."""
    with tempfile.TemporaryDirectory() as folder:
        slt("tape", "generate", "--out", folder, "--symbols", "1", "--days", str(DAYS))
        tape = next(Path(folder).glob("*.parquet"))
        runs = [
            our_run(tape, "everything, but no entry is allowed", "--confidence", "0"),
            our_run(tape, "everything"),
            *(their_run(tape, what, every) for what, every in ORDERS_EVERY.items()),
        ]
    lines = ["| who | what | bars | orders | bars per CPU second |", "|---|---|---|---|---|"]
    lines += [
        f"| {run.who} | {run.what} | {run.bars:,} | {run.orders:,} | {run.bars / run.seconds:,.0f} |"
        for run in runs
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def our_run(tape: Path, what: str, *options: str) -> Run:
    """Run `slt backtest`: all its CPU time, reading the tape included, less that of a single day."""
    report = tape.with_suffix(".json")
    one_day = slt("backtest", str(tape), "--json", str(report), "--to", "2024-01-02", *options)
    seconds = slt("backtest", str(tape), "--json", str(report), *options) - one_day
    totals = json.loads(report.read_text())["totals"]
    return Run("this project", what, totals["candles"], totals["orders"], seconds)


def slt(*words: str) -> float:
    """Run our own command, without the peer's packages, and give its CPU time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(Path(sys.executable).with_name("slt")), *words]
    subprocess.run(command, env=own, check=True, capture_output=True)  # noqa: S603 - our own command
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def their_run(tape: Path, what: str, every: int | None) -> Run:
    """Run the peer's engine over bars that are in memory already: CPU time of that alone."""
    engine, bar_type = loaded_engine(tape)
    if every is not None:
        engine.add_strategy(clockwork(bar_type, every))
    start = time.process_time()
    engine.run()
    seconds = time.process_time() - start
    run = Run(PEER, what, engine.iteration, len(engine.cache.orders()), seconds)
    engine.dispose()
    return run


def loaded_engine(tape: Path) -> tuple[Theirs, Theirs]:
    """Give the peer's engine with a venue, an instrument and all bars."""
    enums, kit = peer("model.enums"), peer("test_kit.providers").TestInstrumentProvider
    instrument = kit.btcusdt_perp_binance()
    bar_type = peer("model.data").BarType.from_str(f"{instrument.id}-1-MINUTE-LAST-EXTERNAL")
    config = peer("config")
    engine = peer("backtest.engine").BacktestEngine(
        config.BacktestEngineConfig(logging=config.LoggingConfig(bypass_logging=True))
    )
    money = peer("model.objects").Money(WALLET, peer("model.currencies").USDT)
    engine.add_venue(instrument.venue, enums.OmsType.NETTING, enums.AccountType.MARGIN, [money])
    engine.add_instrument(instrument)
    engine.add_data(bars_of(tape, bar_type, instrument))
    return engine, bar_type


def bars_of(tape: Path, bar_type: object, instrument: object) -> object:
    """Give the tape's candles as the peer's bars, stamped at their close."""
    pandas: Theirs = importlib.import_module("pandas")
    table = pq.read_table(tape, columns=["open_time_ms", *PRICES])
    closed_at = pandas.to_datetime(table["open_time_ms"].to_numpy() + MINUTE_MS, unit="ms", utc=True)
    columns = {name: [float(str(price)) for price in table[name].to_pylist()] for name in PRICES}
    wrangler = peer("persistence.wranglers").BarDataWrangler(bar_type, instrument)
    return wrangler.process(pandas.DataFrame(columns, index=closed_at))


def clockwork(bar_type: Theirs, every: int) -> object:
    """Give a strategy that buys and sells in turn, once in so many bars; never if that is 0."""
    side = peer("model.enums").OrderSide
    seen = 0

    def on_start(self: Theirs) -> None:
        self.subscribe_bars(bar_type)

    def on_bar(self: Theirs, _bar: object) -> None:
        nonlocal seen
        seen += 1
        if every == 0 or seen % every:
            return
        turn = side.BUY if seen // every % 2 else side.SELL
        quantity = self.cache.instrument(bar_type.instrument_id).make_qty(QUANTITY)
        self.submit_order(self.order_factory.market(bar_type.instrument_id, turn, quantity))

    strategy = peer("trading.strategy").Strategy
    kind: Theirs = type("Clockwork", (strategy,), {"on_start": on_start, "on_bar": on_bar})
    return kind()


def peer(name: str) -> Theirs:
    """Give one of the peer's modules."""
    return importlib.import_module(f"nautilus_trader.{name}")


if __name__ == "__main__":
    main()
