"""What happened before a session begins."""

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from application.market_tape import merged_candles
from application.ports.candle_tape import AuditedTape, TapeRefused
from application.tape_shelf import common_step_ms
from domain.market.candle import Candle
from domain.market.timeframe import DAY_MS, MINUTE_MS

WARM_UP_DAYS: Final = 3


class Past(NamedTuple):
    """What is known of before the session: candles in the order of time, told at one moment."""

    at_ms: int
    candles: Sequence[tuple[str, Candle]]

    @property
    def last(self) -> dict[str, Candle]:
        """The last candle of each symbol."""
        return dict(self.candles)


def past_on(tapes: Sequence[AuditedTape], now_ms: int, symbols: Collection[str]) -> Past:
    """Read what happened in the days before now, as far as tapes tell. Raises TapeRefused, OSError."""
    if not tapes:
        return Past(now_ms, [])
    if common_step_ms(tapes, MINUTE_MS) != MINUTE_MS:
        raise TapeRefused(tapes[0].symbol, None, "a history is of one-minute candles")
    from_ms = now_ms - WARM_UP_DAYS * DAY_MS
    candles = {tape.symbol: tape.candles(from_ms, now_ms) for tape in tapes if tape.symbol in symbols}
    return Past(now_ms, list(merged_candles(candles)))
