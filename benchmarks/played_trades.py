"""Every setup of real candles played to its end, with what it gave in basis points as well as in R."""

import os
import random
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Final, NamedTuple

from adapters.native.candle_run import NativeRunMaker
from adapters.native.scout import NativeScout
from adapters.settings.settings import Settings
from adapters.settings.settings_loader import load_settings
from application.ended_sample import EndedSample
from application.growing_shadows import Growing, GrowingShadows
from application.sample_harvest import SampleHarvest
from application.shadow_rules import ShadowRules
from application.symbol_shadows import SymbolShadows
from application.tape_instruments import instrument_of_tape
from benchmarks.harvest import MARKET_DATA, opened, shadows_on
from domain.learning.block_bootstrap import BootstrapRules, Observed, block_mean
from domain.learning.outcome import LabelledSample
from domain.learning.sample import Sample
from domain.learning.shadow_trade import NeverEntered
from domain.market.candle import Candle
from domain.market.instrument import Instrument
from domain.market.timeframe import DAY_MS
from domain.position.closed_trade import ClosedTrade
from domain.setup.setup_rules import EntryStyle

MAJORS: Final = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
WEEKLY: Final = BootstrapRules(block_ms=7 * DAY_MS, cells_per_block=7)
TAIL: Final = 0.025
BP: Final = 10_000.0


class Played(NamedTuple):
    """A sample, its end, and what that was in basis points of what was entered.

    `gross_bp` is before fees, funding and slippage in whole ticks; `stop_bp` is the stop's distance.
    """

    sample: Sample
    trade: ClosedTrade
    net_r: float
    net_bp: float
    gross_bp: float
    stop_bp: float
    half: "Half | None" = None


class Half(NamedTuple):
    """When half of a trade was taken, what share was left, and the price that this part got in the end."""

    taken_at_ms: int
    share_left: float
    left_at: float


class Estimate(NamedTuple):
    """A mean, and between what the true one lies with 95 % confidence."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        digits = 3 if abs(self.mean) < 1.0 and max(abs(self.low), abs(self.high)) < 2.0 else 1
        return f"{self.mean:+.{digits}f} ({self.low:+.{digits}f} .. {self.high:+.{digits}f})"


class TellingShadows(GrowingShadows):
    """Keeps how each shadow ended, and when half of it was taken."""

    def __init__(self, instrument: Instrument, rules: ShadowRules) -> None:
        super().__init__(instrument, rules)
        self.ends: dict[str, ClosedTrade] = {}
        self.halves: dict[str, Half] = {}
        self._taken_at_ms: dict[str, int] = {}

    def settle_after(self, candle: Candle) -> None:
        super().settle_after(candle)
        for sample, shadow, _ in self._growing:
            if shadow.trade is not None and shadow.trade.is_half_closed:
                self._taken_at_ms.setdefault(sample.sample_id, candle.open_time_ms)

    def _ended(self, one: Growing, end: ClosedTrade | NeverEntered) -> EndedSample:
        if isinstance(end, ClosedTrade):
            name = one.sample.sample_id
            self.ends[name] = end
            if name in self._taken_at_ms:
                self.halves[name] = _half_of(one, end, self._taken_at_ms.pop(name))
        return super()._ended(one, end)


class TellingSymbol(SymbolShadows):
    """Leads shadows that tell."""

    telling: TellingShadows

    def _nothing_growing(self, instrument: Instrument, rules: ShadowRules) -> GrowingShadows:
        self.telling = TellingShadows(instrument, rules)
        return self.telling


def _half_of(one: Growing, end: ClosedTrade, taken_at_ms: int) -> Half:
    trade = one.shadow.trade
    assert trade is not None
    position = trade.position
    rest = end.exit_price * end.quantity - position.exited_cost
    return Half(taken_at_ms, float(position.quantity / end.quantity), float(rest / position.quantity))


def files_of(symbol: str, kind: str = "spot", step: str = "1m", within: str = "") -> list[str]:
    """Find the files of a symbol, oldest first; none where the folder has none."""
    folder = Path(os.environ[MARKET_DATA], kind)
    return sorted(str(file) for file in folder.glob(f"{symbol}-{step}-{within}*.parquet"))


def played(files: Sequence[str], chosen: Mapping[str, str], tick: Decimal | None = None) -> list[Played]:
    """Play every setup that the candles offered under these settings, on another tick if told."""
    settings, tape = load_settings({}, chosen=dict(chosen)), opened(list(files))
    shadows = shadows_on(settings, tape, TellingSymbol)
    instrument = instrument_of_tape(tape)
    if tick is not None:
        instrument = replace(instrument, tick=tick)
        shadows.obey(instrument)
    runs = tape.read().runs(NativeRunMaker())
    scout = NativeScout(tape.step_ms, settings.setup, settings.structure_rules)
    samples = list(SampleHarvest([shadows]).over_runs(tape.symbol, runs, scout))
    return [_played(one, shadows.telling, settings, instrument.tick) for one in samples]


def _played(one: LabelledSample, telling: TellingShadows, settings: Settings, tick: Decimal) -> Played:
    sample, costs = one.sample, settings.costs
    trade = telling.ends[sample.sample_id]
    entered = trade.entry_price * trade.quantity
    slips = 1 if settings.setup.entry is EntryStyle.POST_ONLY_LIMIT else 2
    slipped = slips * ceil(trade.exit_price * costs.slippage / tick) * tick * trade.quantity
    paid = trade.fees - trade.funding + slipped
    net_bp = float(trade.net_pnl / entered) * BP
    return Played(
        sample,
        trade,
        one.outcome.net_r,
        net_bp,
        net_bp + float(paid / entered) * BP,
        sample.context.stop_fraction * BP,
        telling.halves.get(sample.sample_id),
    )


class Dealer:
    def __init__(self) -> None:
        self._random = random.Random(1)

    def below(self, n: int) -> int:
        return self._random.randrange(n)


def estimate(pairs: Iterable[tuple[int, float]]) -> Estimate:
    """Estimate a mean of values at moments, by blocks of a week; endless where two weeks are not there."""
    observed = [Observed(at_ms, value) for at_ms, value in pairs]
    other_way = [Observed(at_ms, -value) for at_ms, value in observed]
    lower = block_mean(observed, TAIL, Dealer(), WEEKLY)
    upper = block_mean(other_way, TAIL, Dealer(), WEEKLY)
    return Estimate(lower.mean, lower.lower_bound, -upper.lower_bound)


def net_r(trades: Sequence[Played]) -> Estimate:
    return estimate((one.sample.decided_at_ms, one.net_r) for one in trades)


def net_bp(trades: Sequence[Played]) -> Estimate:
    return estimate((one.sample.decided_at_ms, one.net_bp) for one in trades)


def gross_bp(trades: Sequence[Played]) -> Estimate:
    return estimate((one.sample.decided_at_ms, one.gross_bp) for one in trades)


def paid_bp(trades: Sequence[Played]) -> float:
    """Tell what was paid on average: fees, funding and slippage."""
    return statistics.fmean(one.gross_bp - one.net_bp for one in trades)


def on_both(one: Sequence[Played], other: Sequence[Played]) -> list[tuple[Played, Played]]:
    """Give the setups of which both tell."""
    known = {trade.sample.sample_id: trade for trade in other}
    ids = ((trade, known.get(trade.sample.sample_id)) for trade in one)
    return [(trade, match) for trade, match in ids if match is not None]


COLUMNS: Final = (
    "",
    "trades",
    "taken",
    "won",
    "stop, bp",
    "cost in R",
    "net R",
    "net bp",
    "paid, bp",
    "gross bp",
)


def head(*columns: str) -> str:
    """Begin a table."""
    return f"{line(*columns)}\n|{'---|' * len(columns)}"


def line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def row(name: str, trades: Sequence[Played]) -> str:
    """Tell of some trades in one line of a table."""
    if not trades:
        return line(name, 0, *[""] * (len(COLUMNS) - 2))
    return line(
        name,
        f"{len(trades):,}",
        f"{sum(one.sample.is_taken for one in trades):,}",
        f"{statistics.fmean(one.net_r > 0.0 for one in trades):.1%}",
        f"{statistics.median(one.stop_bp for one in trades):.0f}",
        f"{statistics.fmean(one.sample.context.cost_in_r for one in trades):.3f}",
        net_r(trades),
        net_bp(trades),
        f"{paid_bp(trades):.1f}",
        gross_bp(trades),
    )


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
