"""Candles made from trades."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from domain.market.candle import Candle


class PastTrade(NamedTuple):
    """An aggregated trade of the past; `is_buyer_maker` means that a seller was the aggressor.

    Quantities are exact, so that their sum is the very number the venue's own candle would show.
    """

    trade_id: int
    at_ms: int
    price: float
    quantity: Decimal
    is_buyer_maker: bool


def rebuilt_candles(
    trades: Iterable[PastTrade], from_ms: int, until_ms: int, step_ms: int, last_close: float
) -> list[Candle]:
    """Make every candle from `from_ms` up to, but not with, `until_ms`.

    A candle without trades is flat at the close before it. Trades come in order; those outside are ignored.
    """
    by_open: dict[int, list[PastTrade]] = {}
    for trade in trades:
        by_open.setdefault(trade.at_ms - trade.at_ms % step_ms, []).append(trade)
    candles: list[Candle] = []
    for open_ms in range(from_ms, until_ms, step_ms):
        candle = _candle(open_ms, by_open.get(open_ms, []), last_close)
        last_close = candle.close
        candles.append(candle)
    return candles


def _candle(open_ms: int, trades: list[PastTrade], last_close: float) -> Candle:
    prices = [trade.price for trade in trades] or [last_close]
    return Candle(
        open_ms,
        open=prices[0],
        high=max(prices),
        low=min(prices),
        close=prices[-1],
        volume=_sum(trade.quantity for trade in trades),
        taker_buy_volume=_sum(trade.quantity for trade in trades if not trade.is_buyer_maker),
    )


def _sum(quantities: Iterable[Decimal]) -> float:
    return float(sum(quantities, Decimal(0)))
