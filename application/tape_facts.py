"""What a market is like, told in a few numbers that real markets are known by.

Tails: Hill's estimator over the largest hundredth of moves (Hill 1975). Clustering: autocorrelation of the
size of moves. Both after the survey of stylised facts by Cont (2001).
"""

import heapq
import math
from collections import deque
from dataclasses import dataclass
from typing import Final

from domain.market.candle import Candle
from domain.market.timeframe import DAY_MS, HOUR_MS

_HOURS: Final = 24
_TAIL_SHARE: Final = 0.01
_FEWEST_IN_TAIL: Final = 20
_BASIS_POINTS: Final = 10_000.0
_LONG_LAG: Final = 60


@dataclass(frozen=True, slots=True)
class TapeFacts:
    """Shares lie in 0 to 1, correlations in -1 to 1; NaN where the tape is too short to tell.

    `clustering` and `squared_clustering` are autocorrelations of absolute and squared moves a candle
    later, `clustering_60` sixty candles and `clustering_day` one day later. `taker_lean` is the correlation
    of the taker imbalance with the sign of its candle, `taker_memory` its autocorrelation one candle later.
    `volume_rhythm` is the volume of the busiest UTC hour against the quietest.
    """

    volatility_bp: float
    tail_index: float
    return_memory: float
    clustering: float
    clustering_60: float
    clustering_day: float
    squared_clustering: float
    body_share: float
    upper_wick_share: float
    lower_wick_share: float
    taker_spread: float
    taker_memory: float
    taker_lean: float
    volume_rhythm: float
    still_share: float


@dataclass(slots=True)
class _Pairs:
    """Sums for the correlation of two series."""

    count: int = 0
    one: float = 0.0
    other: float = 0.0
    one_squared: float = 0.0
    other_squared: float = 0.0
    product: float = 0.0

    def add(self, one: float, other: float) -> None:
        self.count += 1
        self.one += one
        self.other += other
        self.one_squared += one * one
        self.other_squared += other * other
        self.product += one * other

    def correlation(self) -> float:
        if not self.count:
            return math.nan
        together = self.product / self.count - self.one * self.other / self.count**2
        spread_one = _deviation(self.count, self.one, self.one_squared)
        spread_other = _deviation(self.count, self.other, self.other_squared)
        spread = spread_one * spread_other
        return together / spread if spread > 0.0 else math.nan


class FactsOfTape:
    """Gathers the facts candle by candle; keeps one day of moves and the largest hundredth of all."""

    def __init__(self, step_ms: int, length: int) -> None:
        """Expect about `length` candles: a hundredth of them make the tail."""
        self._day = max(DAY_MS // step_ms, 1)
        self._tail_size = max(int(length * _TAIL_SHARE), _FEWEST_IN_TAIL) + 1
        self._tail: list[float] = []
        self._moves: deque[float] = deque(maxlen=max(self._day, _LONG_LAG))
        self._last_close = 0.0
        self._last_move = math.nan
        self._last_imbalance = math.nan
        self._still = 0
        self._next, self._next_size, self._next_square = _Pairs(), _Pairs(), _Pairs()
        self._sixty_later, self._day_later = _Pairs(), _Pairs()
        self._shape = [0.0, 0.0, 0.0]
        self._shaped = 0
        self._imbalances, self._leans = _Pairs(), _Pairs()
        self._imbalance_sums = [0.0, 0.0, 0.0]
        self._volumes = [[0.0, 0.0] for _ in range(_HOURS)]

    def take(self, candle: Candle) -> None:
        """Take the next candle of the tape."""
        if self._last_close:
            self._take_move(math.log(candle.close / self._last_close))
        self._last_close = candle.close
        self._take_shape(candle)
        self._take_imbalance(candle)
        hour = self._volumes[candle.open_time_ms // HOUR_MS % _HOURS]
        hour[0] += candle.volume
        hour[1] += 1.0

    def result(self) -> TapeFacts:
        """Give the facts of the candles taken so far."""
        shaped = self._shaped or math.nan
        return TapeFacts(
            volatility_bp=_deviation(self._next.count, self._next.other, self._next.other_squared)
            * _BASIS_POINTS,
            tail_index=self._tail_index(),
            return_memory=self._next.correlation(),
            clustering=self._next_size.correlation(),
            clustering_60=self._sixty_later.correlation(),
            clustering_day=self._day_later.correlation(),
            squared_clustering=self._next_square.correlation(),
            body_share=self._shape[0] / shaped,
            upper_wick_share=self._shape[1] / shaped,
            lower_wick_share=self._shape[2] / shaped,
            taker_spread=_deviation(int(self._imbalance_sums[0]), *self._imbalance_sums[1:]),
            taker_memory=self._imbalances.correlation(),
            taker_lean=self._leans.correlation(),
            volume_rhythm=self._volume_rhythm(),
            still_share=self._still / self._next.count if self._next.count else math.nan,
        )

    def _take_move(self, move: float) -> None:
        size, last = abs(move), self._last_move
        if not math.isnan(last):
            self._still += move == 0.0
            self._next.add(last, move)
            self._next_size.add(abs(last), size)
            self._next_square.add(last * last, move * move)
        if len(self._moves) >= _LONG_LAG:
            self._sixty_later.add(self._moves[-_LONG_LAG], size)
        if len(self._moves) >= self._day:
            self._day_later.add(self._moves[-self._day], size)
        self._moves.append(size)
        self._last_move = move
        if len(self._tail) < self._tail_size:
            heapq.heappush(self._tail, size)
        elif size > self._tail[0]:
            heapq.heapreplace(self._tail, size)

    def _take_shape(self, candle: Candle) -> None:
        _, opened, high, low, close, _, _ = candle
        whole = high - low
        if whole > 0.0:
            top, bottom = (opened, close) if opened > close else (close, opened)
            self._shape[0] += (top - bottom) / whole
            self._shape[1] += (high - top) / whole
            self._shape[2] += (bottom - low) / whole
            self._shaped += 1

    def _take_imbalance(self, candle: Candle) -> None:
        if not candle.volume > 0.0 or math.isnan(candle.taker_buy_volume):
            return
        imbalance = 2.0 * candle.taker_buy_volume / candle.volume - 1.0
        sums = self._imbalance_sums
        sums[0] += 1.0
        sums[1] += imbalance
        sums[2] += imbalance * imbalance
        if not math.isnan(self._last_imbalance):
            self._imbalances.add(self._last_imbalance, imbalance)
        self._last_imbalance = imbalance
        self._leans.add(imbalance, (candle.close > candle.open) - (candle.close < candle.open))

    def _tail_index(self) -> float:
        """Give Hill's index: one over the mean log excess of the largest moves over the largest left out."""
        if len(self._tail) < self._tail_size or self._tail[0] <= 0.0:
            return math.nan
        threshold = self._tail[0]
        excess = math.fsum(math.log(size / threshold) for size in self._tail) / (len(self._tail) - 1)
        return 1.0 / excess if excess > 0.0 else math.nan

    def _volume_rhythm(self) -> float:
        if not all(count for _, count in self._volumes):
            return math.nan
        means = [volume / count for volume, count in self._volumes]
        return max(means) / min(means) if min(means) > 0.0 else math.nan


def _deviation(count: int, total: float, squares: float) -> float:
    if not count:
        return math.nan
    mean = total / count
    return math.sqrt(max(squares / count - mean * mean, 0.0))
