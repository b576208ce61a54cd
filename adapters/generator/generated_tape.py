"""The tape of one generated symbol."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from adapters.generator.candle_shape import candle_ticks, first_ticks, turned_back
from adapters.generator.generator_settings import STEP_MS, GeneratorSettings, SimulatedSymbol
from adapters.generator.large_traders import footprints
from adapters.generator.market_wide import first_market_moods, market_minutes
from adapters.generator.own_moves import first_own_moods, own_minutes
from adapters.generator.season import Season
from adapters.generator.steady_arithmetic import Floats, Ints
from adapters.generator.stop_run import PlantedStopRun, plant_stop_runs
from adapters.generator.turnover import Busyness, TurnoverMoods, first_turnover_moods, turnover
from application.ports.run_maker import CandleColumns
from application.recorded_tape import RecordedReading, TapeRow
from domain.market.candle import Candle
from domain.market.tape_audit import TapeAuditor

CHUNK: Final = 14_400
"""Candles made at once: ten days."""


@dataclass(frozen=True, slots=True)
class CandleArrays:
    """Candles as columns; times in ms UTC, prices in quote and volumes in base currency."""

    open_time_ms: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    taker_buy_volume: Floats

    def columns(self) -> tuple[Ints | Floats, ...]:
        """Give the columns in the order of a candle's fields."""
        return tuple(getattr(self, name) for name in Candle._fields)


@dataclass(frozen=True, slots=True)
class _Standing:
    """All that one chunk hands to the next."""

    last_close: int
    market: tuple[float, ...]
    own: tuple[float, ...]
    turnover: TurnoverMoods


class GeneratedTape:
    """Candles of one invented symbol; flat memory, and a window once passed is made again at once."""

    def __init__(self, settings: GeneratorSettings, symbol: str) -> None:
        self._settings = settings
        self._symbol = settings.symbol_named(symbol)
        self._season = Season()
        self._standings = [_first_standing(settings, self._symbol)]

    @property
    def symbol(self) -> str:
        """The invented instrument's name."""
        return self._symbol.name

    @property
    def step_ms(self) -> int:
        """One minute."""
        return STEP_MS

    @property
    def length(self) -> int:
        """How many candles the tape holds."""
        return self._settings.candles

    def candles(self, from_ms: int | None = None, until_ms: int | None = None) -> Iterator[Candle]:
        """Give the candles whose open time lies in [from, until)."""
        for part in self.arrays(from_ms, until_ms):
            yield from map(Candle._make, zip(*(column.tolist() for column in part.columns()), strict=True))

    def read(self, from_ms: int | None = None, until_ms: int | None = None) -> RecordedReading:
        """Begin a pass that audits the generated candles as if they were recorded ones."""
        parts = [self] if self.length else []
        return RecordedReading(parts, TapeAuditor(STEP_MS), from_ms, until_ms)

    @property
    def file(self) -> str:
        """What errors and audits call this tape."""
        return f"generated {self.symbol}"

    @property
    def span_ms(self) -> tuple[int, int]:
        """The first and the last open time."""
        first = self._settings.start_ms
        return first, first + (self.length - 1) * STEP_MS

    def rows(self, from_ms: int | None, until_ms: int | None) -> Iterator[TapeRow]:
        """Number the candles and add their close times."""
        first_row = self._index_of(from_ms, 0) + 1
        for row, candle in enumerate(self.candles(from_ms, until_ms), first_row):
            yield row, candle, candle.open_time_ms + STEP_MS - 1

    def columns(self, from_ms: int | None, until_ms: int | None) -> Iterator[CandleColumns]:
        """Give the same rows, some thousands at once."""
        first_row = self._index_of(from_ms, 0) + 1
        for part in self.arrays(from_ms, until_ms):
            times = part.open_time_ms
            rows = np.arange(first_row, first_row + len(times), dtype=np.int64)
            columns = (rows, *part.columns(), times + (STEP_MS - 1))
            yield CandleColumns._make(np.ascontiguousarray(column).data for column in columns)
            first_row += len(times)

    def arrays(self, from_ms: int | None = None, until_ms: int | None = None) -> Iterator[CandleArrays]:
        """Give the same candles as columns, some thousands at a time."""
        start, end = self._index_of(from_ms, 0), self._index_of(until_ms, self.length)
        for chunk in range(start // CHUNK, -(-end // CHUNK) if end > start else 0):
            made = self._chunk(chunk).candles
            first = chunk * CHUNK
            yield _cut(made, max(start - first, 0), min(end - first, CHUNK))

    def planted(self) -> Iterator[PlantedStopRun]:
        """Tell every stop run that was planted; none in pure noise."""
        last_ms = self._settings.start_ms + self.length * STEP_MS
        for chunk in range(-(-self.length // CHUNK)):
            for stop_run in self._chunk(chunk).planted:
                if stop_run.ends_at_ms <= last_ms:
                    yield stop_run

    def _index_of(self, moment_ms: int | None, otherwise: int) -> int:
        if moment_ms is None:
            return otherwise
        return min(max(-(-(moment_ms - self._settings.start_ms) // STEP_MS), 0), self.length)

    def _chunk(self, index: int) -> "_Chunk":
        while len(self._standings) <= index:
            self._standings.append(self._made(len(self._standings) - 1).standing_after)
        made = self._made(index)
        if len(self._standings) == index + 1:
            self._standings.append(made.standing_after)
        return made

    def _made(self, index: int) -> "_Chunk":
        """Make one chunk whole, whatever part is asked for: a longer tape begins with the shorter one."""
        settings, symbol, before = self._settings, self._symbol, self._standings[index]
        times = settings.start_ms + (index * CHUNK + np.arange(CHUNK, dtype=np.int64)) * STEP_MS
        market = market_minutes(
            CHUNK, before.market, _chance(settings.seed, "", index), noise_only=settings.noise_only
        )
        chance = _chance(settings.seed, symbol.name, index)
        own = own_minutes(symbol, market, self._season.volatility(times), before.own, chance)
        returns = own.returns.copy()
        strength = None if settings.noise_only else settings.edge_strength
        planted = () if strength is None else plant_stop_runs(returns, times, strength, chance)
        returns, first_mirrored = turned_back(symbol, before.last_close, returns)
        whole_until_ms = int(times[0]) + first_mirrored * STEP_MS
        planted = tuple(story for story in planted if story.ends_at_ms <= whole_until_ms)
        ticks = candle_ticks(before.last_close, returns, own.volatility, chance)
        season, moves = self._season.volume(times), returns / own.volatility
        busyness = Busyness(
            own.log_volatility, season, moves, footprints(planted, times, settings.edge_strength)
        )
        traded = turnover(symbol, busyness, before.turnover, chance)
        price, lot = 10.0**symbol.price_decimals, 10.0**symbol.volume_decimals
        candles = CandleArrays(
            times,
            ticks.opens / price,
            ticks.highs / price,
            ticks.lows / price,
            ticks.closes / price,
            traded.volumes / lot,
            traded.taker_buys / lot,
        )
        after = _Standing(int(ticks.closes[-1]), market.moods_after, own.moods_after, traded.moods_after)
        return _Chunk(candles, planted, after)


@dataclass(frozen=True, slots=True)
class _Chunk:
    candles: CandleArrays
    planted: tuple[PlantedStopRun, ...]
    standing_after: _Standing


def _first_standing(settings: GeneratorSettings, symbol: SimulatedSymbol) -> _Standing:
    chance = _chance(settings.seed, symbol.name)
    market = first_market_moods(_chance(settings.seed, ""))
    return _Standing(first_ticks(symbol), market, first_own_moods(chance), first_turnover_moods(chance))


def _chance(seed: int, *stream: str | int) -> np.random.Generator:
    """Give chance of its own to each symbol and chunk, so that neither more symbols nor order change it."""
    name, *chunk = stream
    key = (*str(name).encode(), 0, *(int(index) + 1 for index in chunk))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def _cut(whole: CandleArrays, start: int, end: int) -> CandleArrays:
    if start == 0 and end == CHUNK:
        return whole
    cut = slice(start, end)
    return replace(whole, **{name: getattr(whole, name)[cut] for name in Candle._fields})
