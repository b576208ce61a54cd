"""Fills holes in the candles from past trades, never from klines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from adapters.binance.streams.hole_watch import CandleHole
from adapters.binance.streams.rebuilt_candles import PastTrade, rebuilt_candles
from adapters.binance.surroundings import Surroundings
from domain.market.candle import Candle
from domain.market.timeframe import HOUR_MS, MINUTE_MS

PAGE_WEIGHT: Final = 20


class TradesUnavailable(Exception):
    """The venue does not give past trades now; the text says why."""


class TradeHistory(Protocol):
    """Past aggregated trades, a page of at most 1000 at a time, oldest first: `GET /fapi/v1/aggTrades`."""

    def spare_weight(self) -> int:
        """Tell how much request weight is left in this minute."""
        ...

    async def trades_between(self, symbol: str, from_ms: int, until_ms: int) -> Sequence[PastTrade]:
        """Give the first trades of at most an hour, `until_ms` excluded. Raises TradesUnavailable."""
        ...

    async def trades_from(self, symbol: str, trade_id: int) -> Sequence[PastTrade]:
        """Give the trades from an id on. Raises TradesUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class RebuildRules:
    """How much a hole may cost.

    `weight_left_over` is never touched, so that orders always find room; `weight_for_the_first` above that
    is for symbols with something at stake alone. `horizon_ms` is how far back the venue gives trades. A
    hole younger than `patience_ms` may still close by itself. So many holes are filled at once as
    `most_at_once` says.
    """

    patience_ms: int = 3_000
    trades_a_page: int = 1_000
    longest_hole_ms: int = 4 * HOUR_MS
    horizon_ms: int = 47 * HOUR_MS
    most_pages: int = 150
    weight_left_over: int = 1_200
    weight_for_the_first: int = 60
    weight_pause_s: float = 1.0
    most_at_once: int = 8
    give_up_after_ms: int = 10 * MINUTE_MS
    retry_pause_s: float = 10.0


class HoleLost(NamedTuple):
    """Why a hole cannot be filled."""

    reason: str


class _Limits(NamedTuple):
    """When to give a hole up, and how much weight to leave."""

    give_up_ms: int
    weight_left_over: int


class CandleRebuilder:
    """Pages through past trades as slowly as the weight limit wants, and makes candles of them."""

    def __init__(
        self, history: TradeHistory, step_ms: int, rules: RebuildRules, surroundings: Surroundings
    ) -> None:
        self._history = history
        self._step_ms = step_ms
        self._rules = rules
        self._surroundings = surroundings

    async def rebuild(self, hole: CandleHole, *, is_first: bool = False) -> list[Candle] | HoleLost:
        """Make the candles of a hole, or tell why not; where something is at stake, before all others."""
        lost = self._hopeless(hole)
        if lost is not None:
            return lost
        limits = _Limits(
            self._surroundings.steady_ms() + self._rules.give_up_after_ms,
            self._rules.weight_left_over + (0 if is_first else self._rules.weight_for_the_first),
        )
        trades: list[PastTrade] = []
        while True:
            try:
                lost = await self._collect(trades, hole, limits)
            except TradesUnavailable as unavailable:
                if self._surroundings.steady_ms() >= limits.give_up_ms:
                    return HoleLost(f"trades cannot be had: {unavailable}")
                await self._surroundings.sleep(self._rules.retry_pause_s)
            else:
                return lost or self._candles(hole, trades)

    def _hopeless(self, hole: CandleHole) -> HoleLost | None:
        length_ms = hole.until_ms - hole.from_ms
        if length_ms > self._rules.longest_hole_ms:
            return HoleLost(f"{length_ms // MINUTE_MS} minutes are too many to rebuild")
        if self._surroundings.wall_ms() - hole.from_ms > self._rules.horizon_ms:
            return HoleLost("the venue keeps trades for two days only")
        return None

    def _candles(self, hole: CandleHole, trades: list[PastTrade]) -> list[Candle]:
        return rebuilt_candles(trades, hole.from_ms, hole.until_ms, self._step_ms, hole.last_close)

    async def _collect(self, trades: list[PastTrade], hole: CandleHole, limits: _Limits) -> HoleLost | None:
        """Add page after page to the trades, going on where an attempt before this one broke off."""
        page_size = self._rules.trades_a_page
        pages = len(trades) // page_size
        while not trades or trades[-1].at_ms < hole.until_ms:
            page, reaches_end = await self._next_page(trades, hole, limits)
            trades.extend(page)
            pages += 1
            if len(page) < page_size and reaches_end:
                break
            if self._pages_needed(hole, page, pages) > self._rules.most_pages:
                return HoleLost("too much was traded to rebuild it")
        return None

    async def _next_page(
        self, trades: list[PastTrade], hole: CandleHole, limits: _Limits
    ) -> tuple[Sequence[PastTrade], bool]:
        """Give a page, and whether there is nothing behind it if it is not full."""
        if trades:
            await self._room(limits)
            return await self._history.trades_from(hole.symbol, trades[-1].trade_id + 1), True
        for from_ms in range(hole.from_ms, hole.until_ms, HOUR_MS):
            await self._room(limits)
            until_ms = min(from_ms + HOUR_MS, hole.until_ms)
            page = await self._history.trades_between(hole.symbol, from_ms, until_ms)
            if page:
                return page, until_ms == hole.until_ms
        return (), True

    def _pages_needed(self, hole: CandleHole, page: Sequence[PastTrade], pages: int) -> float:
        if len(page) < self._rules.trades_a_page or page[-1].at_ms >= hole.until_ms:
            return pages
        page_ms = max(1, page[-1].at_ms - page[0].at_ms)
        return pages + (hole.until_ms - page[-1].at_ms) / page_ms

    async def _room(self, limits: _Limits) -> None:
        while self._history.spare_weight() < limits.weight_left_over + PAGE_WEIGHT:
            if self._surroundings.steady_ms() >= limits.give_up_ms:
                raise TradesUnavailable("the request weight of this minute is spent")
            await self._surroundings.sleep(self._rules.weight_pause_s)
