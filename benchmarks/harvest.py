"""What it costs to look back over every setup that real candles offered.

`SLT_MARKET_DATA=FOLDER python -m benchmarks.harvest`: one pass over a year of Bitcoin three times, which must
give the same samples: every shadow led through every candle, which is the definition; one candle after the
other, as a live session has them; in runs, as a harvest has them. Then what one candle costs a live session
that leads ten shadows or more.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Final, TypeVar

import composition.engines
import composition.tapes
from adapters.native.candle_run import NativeRunMaker
from adapters.native.scout import NativeScout
from adapters.settings.settings import Settings
from adapters.settings.settings_loader import load_settings
from application.desk_rules import DeskRules
from application.ports.candle_tape import AuditedTape
from application.sample_harvest import SampleHarvest
from application.shadow_rules import ShadowRules, SteadyFunding
from application.symbol_shadows import SymbolShadows
from application.tape_instruments import instrument_of_tape
from domain.learning.no_model import NoModel
from domain.learning.outcome import LabelledSample
from domain.market.tape_audit import RepairPolicy
from tests.watchful_shadows import WatchfulShadows

MARKET_DATA: Final = "SLT_MARKET_DATA"
A_YEAR: Final = "spot/BTCUSDT-1m-20220101-20221231.parquet"
MANY: Final = 10

Samples = list[LabelledSample]
Symbol = TypeVar("Symbol", bound=SymbolShadows)


def main() -> int:
    parser = argparse.ArgumentParser(description="Harvest the same candles in three ways.")
    parser.add_argument("files", nargs="*")
    named: list[str] = parser.parse_args().files
    if not named and MARKET_DATA not in os.environ:
        sys.exit(f"name files of one symbol, or set {MARKET_DATA} to the folder of real candles")
    tape = opened(named or [str(Path(os.environ[MARKET_DATA], A_YEAR))])
    settings = load_settings({})
    expected, slowest_s = timed(partial(by_candles, settings, tape, WatchfulShadows))
    sys.stdout.write(f"{tape.length:,} candles, {len(expected):,} samples; processor seconds\n")
    sys.stdout.write(f"every shadow at every candle {slowest_s:6.2f}\n")
    for name, way in (("candle by candle", by_candles), ("in runs", in_runs)):
        samples, took_s = timed(partial(way, settings, tape))
        if samples != expected:
            sys.exit(f"{name} gave other samples")
        sys.stdout.write(f"{name:28} {took_s:6.2f}  {slowest_s / took_s:.1f} times sooner\n")
    sys.stdout.write(f"{live_candles(settings, tape)}\n")
    return 0


def opened(files: list[str]) -> AuditedTape:
    """Open files of one symbol."""
    return composition.tapes.SHELF.open_one(files, RepairPolicy.STANDARD)


def timed(way: Callable[[], Samples]) -> tuple[Samples, float]:
    """Give what a way gives, and the processor time it took."""
    began_s = time.process_time()
    samples = way()
    return samples, time.process_time() - began_s


def by_candles(settings: Settings, tape: AuditedTape, kind: type[SymbolShadows] = SymbolShadows) -> Samples:
    """Harvest candle by candle."""
    harvest = SampleHarvest([shadows_on(settings, tape, kind)])
    return list(harvest.over(zip(repeat(tape.symbol), tape.candles())))


def in_runs(settings: Settings, tape: AuditedTape) -> Samples:
    """Harvest in runs."""
    harvest = SampleHarvest([shadows_on(settings, tape, SymbolShadows)])
    runs = tape.read().runs(NativeRunMaker())
    scout = NativeScout(tape.step_ms, settings.setup, settings.structure_rules)
    return list(harvest.over_runs(tape.symbol, runs, scout))


def shadows_on(settings: Settings, tape: AuditedTape, kind: Callable[..., Symbol]) -> Symbol:
    """Wire the shadows of one tape's symbol, played without a model."""
    structure, venue = settings.structure_rules, settings.venue
    rules = ShadowRules(
        DeskRules(settings.setup, settings.exits, settings.costs),
        NoModel(),
        SteadyFunding(venue.funding_rate_per_interval, venue.funding_interval_ms),
        tape.step_ms,
    )
    aggregator = composition.engines.AGGREGATORS["native"](tape.step_ms, structure.base_step_ms)
    return kind(instrument_of_tape(tape), aggregator, composition.engines.ENGINES["native"](structure), rules)


def live_candles(settings: Settings, tape: AuditedTape) -> str:
    """Tell what one candle costs while many shadows grow, apart for those that end a base bar."""
    took_us: dict[bool, list[float]] = {False: [], True: []}
    for is_bar, one_us in _costs(
        shadows_on(settings, tape, SymbolShadows), tape, settings.structure_rules.base_step_ms
    ):
        took_us[is_bar].append(one_us)
    return f"a candle with {MANY} shadows or more, us p50 / p99: " + "; ".join(
        f"{'that ends a bar' if is_bar else 'between bars'} {_quantiles(us)}"
        for is_bar, us in took_us.items()
    )


def _costs(shadows: SymbolShadows, tape: AuditedTape, bar_ms: int) -> Iterator[tuple[bool, float]]:
    for candle in tape.candles():
        is_one_of_many = len(shadows.growing) >= MANY
        began_ns = time.perf_counter_ns()
        shadows.on_candle(candle)
        took_ns = time.perf_counter_ns() - began_ns
        if is_one_of_many:
            yield (candle.open_time_ms + tape.step_ms) % bar_ms == 0, took_ns / 1e3


def _quantiles(took_us: list[float]) -> str:
    ranked = sorted(took_us)
    return f"{ranked[len(ranked) // 2]:.1f} / {ranked[int(len(ranked) * 0.99)]:.1f} ({len(ranked):,})"


if __name__ == "__main__":
    sys.exit(main())
