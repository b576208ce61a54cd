"""Binance's own SDK, pointed at the venue by its base address alone, is content with every answer."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from binance_common.configuration import (
    ConfigurationRestAPI,
    ConfigurationWebSocketAPI,
    ConfigurationWebSocketStreams,
)
from binance_sdk_derivatives_trading_usds_futures.derivatives_trading_usds_futures import (
    DerivativesTradingUsdsFutures,
)

from adapters.venue.venue_server import VenueServer
from tests.adapters.venue.house import KEY, OTHER, SECRET, SYMBOL, venue_of, wall_clock_market

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
LIMIT = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "quantity": 0.01, "price": 58_000.0}
STOP = {"algo_type": "CONDITIONAL", "symbol": SYMBOL, "side": "SELL"}
MARKET_CALLS: list[tuple[str, dict[str, object]]] = [
    ("test_connectivity", {}),
    ("check_server_time", {}),
    ("exchange_information", {}),
    ("order_book", {"symbol": SYMBOL, "limit": 50}),
    ("compressed_aggregate_trades_list", {"symbol": SYMBOL}),
    ("recent_trades_list", {"symbol": SYMBOL}),
    ("kline_candlestick_data", {"symbol": SYMBOL, "interval": "1m"}),
    (
        "continuous_contract_kline_candlestick_data",
        {"pair": SYMBOL, "contract_type": "PERPETUAL", "interval": "1m"},
    ),
    ("mark_price", {"symbol": SYMBOL}),
    ("mark_price", {}),
    ("open_interest", {"symbol": SYMBOL}),
    ("get_funding_rate_history", {}),
    ("get_funding_rate_info", {}),
    ("adl_risk", {"symbol": SYMBOL}),
    ("adl_risk", {}),
    ("asset_index", {}),
    ("basis", {"pair": SYMBOL, "contract_type": "PERPETUAL", "period": "5m"}),
    ("composite_index_symbol_information", {}),
    ("index_price_kline_candlestick_data", {"pair": SYMBOL, "interval": "1m"}),
    ("long_short_ratio", {"symbol": SYMBOL, "period": "5m"}),
    ("mark_price_kline_candlestick_data", {"symbol": SYMBOL, "interval": "1m"}),
    ("old_trades_lookup", {"symbol": SYMBOL}),
    ("open_interest_statistics", {"symbol": SYMBOL, "period": "5m"}),
    ("premium_index_kline_data", {"symbol": SYMBOL, "interval": "1m"}),
    ("quarterly_contract_settlement_price", {"pair": SYMBOL}),
    ("query_index_price_constituents", {"symbol": SYMBOL}),
    ("query_insurance_fund_balance_snapshot", {}),
    ("rpi_order_book", {"symbol": SYMBOL}),
    ("taker_buy_sell_volume", {"symbol": SYMBOL, "period": "5m"}),
    ("top_trader_long_short_ratio_accounts", {"symbol": SYMBOL, "period": "5m"}),
    ("top_trader_long_short_ratio_positions", {"symbol": SYMBOL, "period": "5m"}),
    ("trading_schedule", {}),
    ("symbol_order_book_ticker", {"symbol": SYMBOL}),
    ("symbol_order_book_ticker", {}),
    ("symbol_price_ticker", {"symbol": SYMBOL}),
    ("symbol_price_ticker_v2", {}),
    ("ticker24hr_price_change_statistics", {"symbol": SYMBOL}),
    ("ticker24hr_price_change_statistics", {}),
]
TRADING_CALLS: list[tuple[str, dict[str, object]]] = [
    ("new_order", {**LIMIT, "time_in_force": "GTC", "new_client_order_id": "a"}),
    ("test_order", {**LIMIT, "time_in_force": "GTC"}),
    (
        "modify_order",
        {"symbol": SYMBOL, "side": "BUY", "quantity": 0.01, "price": 58_001.0, "orig_client_order_id": "a"},
    ),
    (
        "modify_order",
        {
            "symbol": SYMBOL,
            "side": "BUY",
            "quantity": 0.01,
            "price": 58_002.0,
            "orig_client_order_id": "a",
            "modify_id": 77,
        },
    ),
    ("query_order", {"symbol": SYMBOL, "orig_client_order_id": "a"}),
    ("get_order_modify_history", {"symbol": SYMBOL}),
    ("query_current_open_order", {"symbol": SYMBOL, "orig_client_order_id": "a"}),
    ("current_all_open_orders", {}),
    ("all_orders", {"symbol": SYMBOL}),
    (
        "new_order",
        {
            "symbol": SYMBOL,
            "side": "BUY",
            "type": "MARKET",
            "quantity": 0.02,
            "new_order_resp_type": "RESULT",
        },
    ),
    (
        "new_algo_order",
        {
            **STOP,
            "type": "STOP_MARKET",
            "quantity": 0.02,
            "trigger_price": 50_000.0,
            "reduce_only": "true",
            "client_algo_id": "s",
        },
    ),
    (
        "new_algo_order",
        {**STOP, "type": "TAKE_PROFIT_MARKET", "trigger_price": 80_000.0, "close_position": "true"},
    ),
    ("query_algo_order", {"client_algo_id": "s"}),
    ("current_all_algo_open_orders", {}),
    ("query_all_algo_orders", {"symbol": SYMBOL}),
    ("account_information_v2", {}),
    ("account_information_v3", {}),
    ("futures_account_balance_v2", {}),
    ("futures_account_balance_v3", {}),
    ("futures_account_configuration", {}),
    ("symbol_configuration", {}),
    ("position_information_v2", {}),
    ("position_information_v3", {}),
    ("account_trade_list", {"symbol": SYMBOL}),
    ("get_income_history", {}),
    ("notional_and_leverage_brackets", {}),
    ("user_commission_rate", {"symbol": SYMBOL}),
    ("futures_trading_quantitative_rules_indicators", {}),
    ("position_adl_quantile_estimation", {}),
    ("users_force_orders", {}),
    ("query_user_rate_limit", {}),
    ("get_bnb_burn_status", {}),
    ("get_current_multi_assets_mode", {}),
    ("get_current_position_mode", {}),
    ("change_initial_leverage", {"symbol": SYMBOL, "leverage": 10}),
    ("change_margin_type", {"symbol": OTHER, "margin_type": "ISOLATED"}),
    ("new_order", {"symbol": OTHER, "side": "BUY", "type": "MARKET", "quantity": 0.1}),
    ("modify_isolated_position_margin", {"symbol": OTHER, "amount": 20.0, "type": "1"}),
    ("get_position_margin_change_history", {"symbol": OTHER}),
    ("new_order", {"symbol": OTHER, "side": "SELL", "type": "MARKET", "quantity": 0.1}),
    ("toggle_bnb_burn_on_futures_trade", {"fee_burn": "true"}),
    ("futures_tradfi_perps_contract", {}),
    ("cancel_multiple_orders", {"symbol": SYMBOL, "order_id_list": [1]}),
    ("auto_cancel_all_open_orders", {"symbol": SYMBOL, "countdown_time": 120_000}),
    ("cancel_algo_order", {"client_algo_id": "s"}),
    ("cancel_all_algo_open_orders", {"symbol": SYMBOL}),
    ("cancel_order", {"symbol": SYMBOL, "orig_client_order_id": "a"}),
    ("cancel_all_open_orders", {"symbol": SYMBOL}),
    (
        "new_order",
        {"symbol": SYMBOL, "side": "SELL", "type": "MARKET", "quantity": 0.02, "reduce_only": "true"},
    ),
    ("change_position_mode", {"dual_side_position": "true"}),
    ("start_user_data_stream", {}),
    ("keepalive_user_data_stream", {}),
    ("close_user_data_stream", {}),
]
STREAMS: list[tuple[str, dict[str, object]]] = [
    ("kline_candlestick_streams", {"symbol": SYMBOL.lower(), "interval": "1m"}),
    (
        "continuous_contract_kline_candlestick_streams",
        {"pair": SYMBOL.lower(), "contract_type": "perpetual", "interval": "1m"},
    ),
    ("aggregate_trade_streams", {"symbol": SYMBOL.lower()}),
    ("mark_price_stream", {"symbol": SYMBOL.lower(), "update_speed": "1s"}),
    ("mark_price_stream_for_all_market", {"update_speed": "1s"}),
    ("individual_symbol_mini_ticker_stream", {"symbol": SYMBOL.lower()}),
    ("individual_symbol_ticker_streams", {"symbol": SYMBOL.lower()}),
    ("individual_symbol_book_ticker_streams", {"symbol": SYMBOL.lower()}),
    ("diff_book_depth_streams", {"symbol": SYMBOL.lower()}),
    ("asset_index", {}),
    ("all_book_tickers_stream", {}),
    ("rpi_diff_book_depth_streams", {"symbol": SYMBOL.lower()}),
    ("partial_book_depth_streams", {"symbol": SYMBOL.lower(), "levels": 5}),
]
API_CALLS: list[tuple[str, dict[str, object]]] = [
    *[
        call
        for call in TRADING_CALLS[:11]
        if call[0] in {"new_order", "modify_order", "query_order", "new_algo_order"}
    ],
    ("cancel_algo_order", {"client_algo_id": "s"}),
    ("cancel_order", {"symbol": SYMBOL, "orig_client_order_id": "a"}),
    ("account_information", {}),
    ("account_information_v2", {}),
    ("futures_account_balance", {}),
    ("futures_account_balance_v2", {}),
    ("position_information", {}),
    ("position_information_v2", {}),
    ("order_book", {"symbol": SYMBOL}),
    ("symbol_order_book_ticker", {"symbol": SYMBOL}),
    ("symbol_price_ticker", {"symbol": SYMBOL}),
    ("start_user_data_stream", {}),
    ("keepalive_user_data_stream", {}),
    ("close_user_data_stream", {}),
]


def sdk(server: VenueServer) -> Any:  # noqa: ANN401 - its methods are called by name
    return DerivativesTradingUsdsFutures(
        config_rest_api=ConfigurationRestAPI(
            api_key=KEY, api_secret=SECRET, base_path=server.rest_url, timeout=5_000, retries=0
        ),
        config_ws_api=ConfigurationWebSocketAPI(api_key=KEY, api_secret=SECRET, stream_url=server.ws_api_url),
        config_ws_streams=ConfigurationWebSocketStreams(stream_url=server.stream_url),
    )


@asynccontextmanager
async def running_venue() -> AsyncIterator[VenueServer]:
    """A venue in the time of this machine, its market running beside the test."""
    market, clock = wall_clock_market()
    async with VenueServer(venue_of(market, clock=clock)) as server:
        await server.run(clock.now_ms())
        playing = asyncio.create_task(server.run())
        try:
            yield server
        finally:
            playing.cancel()
            with suppress(asyncio.CancelledError):
                await playing


@pytest.mark.parametrize("calls", [MARKET_CALLS, TRADING_CALLS], ids=["market", "trading"])
def test_rest(calls: list[tuple[str, dict[str, object]]], caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        async with running_venue() as server:
            client = sdk(server)
            for name, arguments in calls:
                answer = await asyncio.to_thread(getattr(client.rest_api, name), **arguments)
                assert answer.data() is not None, name
            client.rest_api._session.close()  # noqa: SLF001 - it has no other way to be closed

    asyncio.run(scene())
    assert "did not match the declared types" not in caplog.text


def test_streams_and_user_stream() -> None:
    async def scene() -> None:
        async with running_venue() as server:
            client, heard = sdk(server), defaultdict[str, list[Any]](list)
            lines = await client.websocket_streams.create_connection()
            for name, arguments in STREAMS:
                stream = await getattr(lines, name)(**arguments)
                stream.on("message", _keeping(heard, name))
            key = (await asyncio.to_thread(client.rest_api.start_user_data_stream)).data().listen_key
            user = await lines.user_data(key)
            user.on("message", _keeping(heard, "user"))
            order = {"symbol": SYMBOL, "side": "BUY", "type": "MARKET", "quantity": 0.02}
            await asyncio.to_thread(client.rest_api.new_order, **order)
            wanted = {"user", *(name for name, _ in STREAMS)}
            async with asyncio.timeout(15):
                while not wanted <= heard.keys() or len(heard["user"]) < 4:  # noqa: ASYNC110 - the SDK calls back
                    await asyncio.sleep(0.05)
            told = [type(event.actual_instance).__name__ for event in heard["user"]]
            assert told[:2] == ["OrderTradeUpdate", "TradeLite"]
            assert told[-1] == "AccountUpdate"
            await lines.close_connection(close_session=True)
            client.rest_api._session.close()  # noqa: SLF001 - it has no other way to be closed

    asyncio.run(scene())


def test_websocket_api() -> None:
    async def scene() -> None:
        async with running_venue() as server:
            client = sdk(server)
            line = await client.websocket_api.create_connection()
            for name, arguments in API_CALLS:
                answer = (await getattr(line, name)(**arguments)).data()
                answer = getattr(answer, "actual_instance", answer)
                assert answer.status == 200, name
            await line.close_connection(close_session=True)

    asyncio.run(scene())


def _keeping(heard: defaultdict[str, list[Any]], name: str) -> Callable[[object], None]:
    return heard[name].append
