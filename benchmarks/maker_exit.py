"""What a limit order, posted some minutes before the time limit, would have spared or cost."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from adapters.settings.settings_loader import load_settings
from application.tape_instruments import instrument_of_tape
from benchmarks.harvest import opened
from benchmarks.played_trades import BP, Played, files_of
from domain.market.candle import Candle
from domain.market.timeframe import MINUTE_MS
from domain.position.closed_trade import ExitReason

STOPS: Final = frozenset({ExitReason.STOP, ExitReason.BREAK_EVEN_STOP, ExitReason.TRAILING_STOP})


class MakerExit(NamedTuple):
    """A trade, whether it was still held when the limit was posted, whether that filled, and what it gave."""

    at_ms: int
    net_bp: float
    is_held: bool
    is_filled: bool
    more_bp: float


def maker_exits(symbol: str, trades: Sequence[Played], minutes: int) -> Iterator[MakerExit]:
    """Post a limit at the last price so long before the time limit, for whatever is held by then.

    It fills once a candle trades a tick beyond it. In the candle of a stop, the stop came first; in that
    of the target, the limit. Whoever is not filled ends as before. Of a trade of which half was taken
    before, the limit is for the rest.
    """
    tape = opened(files_of(symbol))
    candles, settings = list(tape.candles()), load_settings({})
    opens_ms = [one.open_time_ms for one in candles]
    tick = float(instrument_of_tape(tape).tick)
    fees = float(settings.costs.taker_fee), float(settings.costs.maker_fee)
    for one in trades:
        posted_ms = one.trade.opened_at_ms + settings.exits.longest_hold_ms - minutes * MINUTE_MS
        is_held = posted_ms < one.trade.closed_at_ms
        limit = _filled_at(one, candles, bisect_left(opens_ms, posted_ms), tick) if is_held else None
        more = 0.0 if limit is None else _more_bp(one, limit, posted_ms, *fees)
        yield MakerExit(one.sample.decided_at_ms, one.net_bp, is_held, limit is not None, more)


def _filled_at(one: Played, candles: Sequence[Candle], following: int, tick: float) -> float | None:
    sign, trade = one.sample.direction.sign, one.trade
    limit = candles[following - 1].close
    until_ms = trade.closed_at_ms - (MINUTE_MS if trade.exit_reason in STOPS else 0)
    for candle in candles[following : following + 121]:
        if candle.open_time_ms >= until_ms:
            return None
        best = candle.high if sign > 0 else candle.low
        if (best - limit) * sign > 0.5 * tick:
            return limit
    return None


def _more_bp(one: Played, limit: float, posted_ms: int, taker_fee: float, maker_fee: float) -> float:
    entry, left_at, share = float(one.trade.entry_price), float(one.trade.exit_price), 1.0
    if one.half is not None and one.half.taken_at_ms <= posted_ms:
        _, share, left_at = one.half
    better = (limit - left_at) * one.sample.direction.sign
    return share * (better + taker_fee * left_at - maker_fee * limit) / entry * BP
