"""Trades found in the account's list, for when the stream kept them back."""

from decimal import Decimal
from typing import Final

from adapters.binance.wire.replies import UserTrade
from domain.market.direction import Side
from domain.orders.fill import Fill

_SIDES: Final = {"BUY": Side.BUY, "SELL": Side.SELL}


def fill_of(trade: UserTrade, order_id: str, *, is_last: bool, wallet_asset: str = "USDT") -> Fill:
    """Give a trade of the list as a fill; equal to what the stream would have told.

    The list names orders by the venue's number only, so ours is given, and whether it completes the
    order is for the order itself to say. A fee in another asset than the wallet's counts as zero.
    Raises ValueError for a side that is none.
    """
    side = _SIDES.get(trade.side)
    if side is None:
        raise ValueError(f"trade {trade.id} of {trade.symbol} has side {trade.side}")
    return Fill(
        fill_id=str(trade.id),
        order_id=order_id,
        symbol=trade.symbol,
        side=side,
        price=trade.price,
        quantity=trade.qty,
        fee=trade.commission if trade.commission_asset == wallet_asset else Decimal(0),
        realized_pnl=trade.realized_pnl,
        is_maker=trade.maker,
        is_last=is_last,
        at_ms=trade.time,
    )
