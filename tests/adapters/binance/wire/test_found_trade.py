import json
from typing import Any

import pytest

from adapters.binance.wire.account_requests import user_trades
from adapters.binance.wire.blotter import Blotter
from adapters.binance.wire.found_trade import fill_of
from adapters.binance.wire.replies import UserTrade
from domain.orders.order_events import OrderFilled
from tests.adapters.binance.wire.account_samples import ENTRY, trade

TRADE: dict[str, Any] = {
    "buyer": True, "commission": "3.67200000", "commissionAsset": "USDT", "id": 6123405001, "maker": True,
    "orderId": 70012345678, "price": "91800.00", "qty": "0.200", "quoteQty": "18360.00", "realizedPnl": "0",
    "side": "BUY", "positionSide": "BOTH", "symbol": "BTCUSDT", "time": 1795305700101,
}  # fmt: skip


def found(**changed: object) -> UserTrade:
    (one,) = user_trades("BTCUSDT").read(json.dumps([{**TRADE, **changed}]).encode())
    return one


def test_a_trade_found_later_is_the_fill_the_stream_would_have_told() -> None:
    (told,) = Blotter().read(trade())
    assert isinstance(told, OrderFilled)
    assert fill_of(found(), ENTRY, is_last=False) == told.fill


def test_a_fee_in_another_asset_is_not_taken_from_the_wallet() -> None:
    assert fill_of(found(commissionAsset="BNB"), ENTRY, is_last=True).fee == 0


def test_a_trade_without_a_side_is_none() -> None:
    with pytest.raises(ValueError, match="has side LEND"):
        fill_of(found(side="LEND"), ENTRY, is_last=True)
