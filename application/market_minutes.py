"""The market minute by minute, as a venue plays it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from domain.market.candle import Candle
from domain.market.candle_run import CandleRun


class Minute(NamedTuple):
    """What opens at one moment; in the order of the symbols.

    `candles` are those the venue plays, and `closes` what is told when they close: the candles, and
    runs that end there and in which nothing could happen. `late` are runs that ended before.
    """

    opened_ms: int
    candles: Sequence[tuple[str, Candle]]
    closes: Sequence[tuple[str, Candle | CandleRun]]
    late: Sequence[tuple[str, CandleRun]] = ()


NEVER_MS: Final = 2**63


class CalmPrices(NamedTuple):
    """Prices between which, both ends excluded, nothing happens in a symbol before `until_ms`."""

    below: float
    above: float
    until_ms: int = NEVER_MS


Busy = Mapping[str, CalmPrices | None]
"""The symbols in which orders wait or a position is open; None where any price may change something."""


class Stillness(NamedTuple):
    """What a desk says of all it holds: nothing, while each price stays inside its own, before `until_ms`."""

    until_ms: int
    prices: Mapping[str, CalmPrices]


class Holder(Protocol):
    """Whoever holds positions, and may say beforehand which prices leave them alone."""

    @property
    def stillness(self) -> Stillness | None:
        """Tell between which prices it will do nothing, None when it might at any."""
        ...


class MarketMinutes(Protocol):
    """A market that is asked for one minute after the other."""

    def next_minute(self, busy: Busy) -> Minute | None:
        """Give the next minute in which anything happens, None when no more will come.

        Every candle that could change anything for those who are busy comes by itself. Raises what
        reading the tapes raises.
        """
        ...


class EveryCandle:
    """Gives every candle one by one, whoever is busy."""

    def __init__(self, market: Iterable[tuple[str, Candle]]) -> None:
        """Take candles of several symbols, merged in time order."""
        self._minutes = _minutes_of(market)

    def next_minute(self, busy: Busy) -> Minute | None:  # noqa: ARG002 - every candle comes
        """Give the candles that open together next."""
        return next(self._minutes, None)


def _minutes_of(market: Iterable[tuple[str, Candle]]) -> Iterator[Minute]:
    candles: list[tuple[str, Candle]] = []
    opened_ms = 0
    for symbol_and_candle in market:
        if symbol_and_candle[1].open_time_ms != opened_ms and candles:
            yield Minute(opened_ms, candles, candles)
            candles = []
        opened_ms = symbol_and_candle[1].open_time_ms
        candles.append(symbol_and_candle)
    if candles:
        yield Minute(opened_ms, candles, candles)
