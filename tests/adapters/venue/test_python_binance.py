"""python-binance, pointed at the venue by its class attributes alone, trades and listens there."""

import asyncio
import warnings
from typing import Any

import pytest

from adapters.venue.venue_server import VenueServer
from tests.adapters.venue.house import KEY, OTHER, SECRET, SYMBOL
from tests.adapters.venue.test_official_sdk import running_venue

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports names that websockets will drop
    from binance import AsyncClient, BinanceSocketManager  # type: ignore[import-untyped]
    from binance.ws.reconnecting_websocket import ReconnectingWebsocket  # type: ignore[import-untyped]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
LIMIT = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "quantity": "0.01", "timeInForce": "GTC"}
CALLS: list[tuple[str, dict[str, object]]] = [
    ("futures_ping", {}),
    ("futures_time", {}),
    ("futures_exchange_info", {}),
    ("futures_order_book", {"symbol": SYMBOL}),
    ("futures_recent_trades", {"symbol": SYMBOL}),
    ("futures_aggregate_trades", {"symbol": SYMBOL}),
    ("futures_mark_price", {"symbol": SYMBOL}),
    ("futures_funding_rate", {}),
    ("futures_orderbook_ticker", {"symbol": SYMBOL}),
    ("futures_symbol_ticker", {"symbol": SYMBOL}),
    ("futures_ticker", {"symbol": SYMBOL}),
    ("futures_historical_trades", {"symbol": SYMBOL}),
    ("futures_mark_price_klines", {"symbol": SYMBOL, "interval": "1m"}),
    ("futures_global_longshort_ratio", {"symbol": SYMBOL, "period": "5m"}),
    ("futures_open_interest", {"symbol": SYMBOL}),
    ("futures_create_order", {**LIMIT, "price": "58000", "newClientOrderId": "p"}),
    (
        "futures_modify_order",
        {"symbol": SYMBOL, "side": "BUY", "quantity": "0.01", "price": "58001", "origClientOrderId": "p"},
    ),
    ("futures_get_order", {"symbol": SYMBOL, "origClientOrderId": "p"}),
    ("futures_get_open_orders", {"symbol": SYMBOL}),
    ("futures_cancel_order", {"symbol": SYMBOL, "origClientOrderId": "p"}),
    ("futures_create_order", {"symbol": SYMBOL, "side": "BUY", "type": "MARKET", "quantity": "0.02"}),
    (
        "futures_create_order",
        {
            "symbol": SYMBOL,
            "side": "SELL",
            "type": "STOP_MARKET",
            "triggerPrice": "50000",
            "closePosition": "true",
        },
    ),
    ("futures_place_batch_order", {"batchOrders": [{**LIMIT, "price": "58000"}, {**LIMIT, "price": "1"}]}),
    ("futures_cancel_all_open_orders", {"symbol": SYMBOL}),
    ("futures_countdown_cancel_all", {"symbol": SYMBOL, "countdownTime": 1_000}),
    ("futures_account", {}),
    ("futures_account_balance", {}),
    ("futures_position_information", {}),
    ("futures_account_trades", {"symbol": SYMBOL}),
    ("futures_income_history", {}),
    ("futures_leverage_bracket", {}),
    ("futures_change_leverage", {"symbol": SYMBOL, "leverage": 5}),
    ("futures_change_margin_type", {"symbol": OTHER, "marginType": "ISOLATED"}),
    ("futures_get_position_mode", {}),
    ("futures_get_multi_assets_mode", {}),
    ("futures_commission_rate", {"symbol": SYMBOL}),
    ("futures_adl_quantile_estimate", {}),
    ("ws_futures_get_order_book_ticker", {"symbol": SYMBOL}),
    ("ws_futures_create_order", {"symbol": SYMBOL, "side": "SELL", "type": "MARKET", "quantity": "0.01"}),
    ("ws_futures_account_balance", {}),
    ("ws_futures_v2_account_position", {}),
]


async def client_at(server: VenueServer, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - called by name
    monkeypatch.setattr(AsyncClient, "FUTURES_URL", f"{server.rest_url}/fapi")
    monkeypatch.setattr(AsyncClient, "API_URL", f"{server.rest_url}/api")
    monkeypatch.setattr(AsyncClient, "FUTURES_DATA_URL", f"{server.rest_url}/futures/data")
    monkeypatch.setattr(AsyncClient, "WS_FUTURES_URL", server.ws_api_url)
    monkeypatch.setattr(BinanceSocketManager, "FSTREAM_URL", f"{server.stream_url}/")
    monkeypatch.setattr(ReconnectingWebsocket, "TIMEOUT", 1)  # it waits as long before it lets go of a socket
    return await AsyncClient.create(KEY, SECRET)


def test_rest_and_websocket_api(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with running_venue() as server:
            client = await client_at(server, monkeypatch)
            answers = {name: await getattr(client, name)(**arguments) for name, arguments in CALLS}
            assert answers["futures_place_batch_order"][0]["status"] == "NEW"
            assert answers["futures_place_batch_order"][1]["code"] == -4164
            await client.ws_future.close()
            await client.close_connection()

    asyncio.run(scene())


def test_streams_and_user_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with running_venue() as server:
            client = await client_at(server, monkeypatch)
            manager = BinanceSocketManager(client)
            async with manager.futures_multiplex_socket([f"{SYMBOL.lower()}@kline_1m"]) as socket:
                frame = await asyncio.wait_for(socket.recv(), 5)
                assert frame["data"]["e"] == "kline"
            async with manager.kline_futures_socket(SYMBOL) as socket:
                assert (await asyncio.wait_for(socket.recv(), 5))["e"] == "continuous_kline"
            async with manager.futures_user_socket() as socket:
                await client.futures_create_order(symbol=SYMBOL, side="BUY", type="MARKET", quantity="0.02")
                told = [(await asyncio.wait_for(socket.recv(), 5))["e"] for _ in range(3)]
                assert told == ["ORDER_TRADE_UPDATE", "TRADE_LITE", "ORDER_TRADE_UPDATE"]
            await client.close_connection()

    asyncio.run(scene())
