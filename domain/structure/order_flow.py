"""Who was the aggressor in the last bars."""

import math
from dataclasses import dataclass

from domain.market.candle import Candle
from domain.structure.snapshot import SnapshotReader, SnapshotWriter
from domain.structure.squash import added_up


@dataclass(frozen=True)
class OrderFlowRules:
    """Over how many bars the flow is added up."""

    window_bars: int = 20


class OrderFlow:
    """Taker buying less taker selling over the last bars, as a share of their volume."""

    __slots__ = ("_bars_with_takers", "_flows", "_volumes", "_window")

    def __init__(self, rules: OrderFlowRules) -> None:
        self._window = rules.window_bars
        self._flows: list[float] = []
        self._volumes: list[float] = []
        self._bars_with_takers = 0

    def update(self, candle: Candle) -> None:
        """Take one closed bar."""
        if math.isnan(candle.taker_buy_volume):
            self._bars_with_takers = 0
            self._flows.append(flow_by_candle(candle))
        else:
            self._bars_with_takers += 1
            self._flows.append(flow_by_takers(candle))
        self._volumes.append(candle.volume)
        if len(self._flows) > self._window:
            del self._flows[0], self._volumes[0]

    @property
    def is_by_takers(self) -> bool:
        """Tell whether every bar in the window came with its taker volume."""
        return self._bars_with_takers >= len(self._flows)

    def imbalance(self) -> float:
        """Give the flow from -1, all sold, to +1, all bought; 0 when nothing was traded."""
        traded = added_up(self._volumes)
        return added_up(self._flows) / traded if traded > 0.0 else 0.0

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.numbers(self._flows)
        out.numbers(self._volumes)
        out.whole(self._bars_with_takers)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self._flows = saved.numbers()
        self._volumes = saved.numbers()
        self._bars_with_takers = saved.whole()


def flow_by_takers(candle: Candle) -> float:
    """Give taker buying less taker selling, in base currency."""
    bought = candle.taker_buy_volume
    return bought - (candle.volume - bought)


def flow_by_candle(candle: Candle) -> float:
    """Guess the flow from where the bar closed between its low and its high.

    volume x ((close - low) - (high - close)) / (high - low); the quotient first, so that no rounding
    lets the flow exceed the volume.
    """
    height = candle.high - candle.low
    if height == 0.0:
        return 0.0
    return candle.volume * (((candle.close - candle.low) - (candle.high - candle.close)) / height)
