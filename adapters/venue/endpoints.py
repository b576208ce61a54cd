"""Every request the venue answers: path, weight, what it needs, who does it."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from adapters.venue import rest_account as account
from adapters.venue import rest_batches as batches
from adapters.venue import rest_changes as amendments
from adapters.venue import rest_contracts as contracts
from adapters.venue import rest_crowd as crowd
from adapters.venue import rest_doorstep as doorstep
from adapters.venue import rest_index as index
from adapters.venue import rest_klines as klines
from adapters.venue import rest_margin as margin
from adapters.venue import rest_market as market
from adapters.venue import rest_orders as orders
from adapters.venue import rest_stops as stops
from adapters.venue.parameters import Parameters
from adapters.venue.venue import Venue

OPEN: Final = "open"
KEY: Final = "key"
SIGNED: Final = "signed"

Handler = Callable[[Venue, Parameters], object]


class Endpoint(NamedTuple):
    """One request: who answers, what it costs, what it needs; `orders` are counts of 10 s and 1 m."""

    handler: Handler
    weight: int | Callable[[Parameters], int] = 1
    security: str = OPEN
    orders: tuple[int, int] = (0, 0)
    executes: bool = False

    def cost(self, asked: Parameters) -> int:
        """Give the weight of one request."""
        return self.weight if isinstance(self.weight, int) else self.weight(asked)


def _with_symbol(cheap: int, dear: int) -> Callable[[Parameters], int]:
    return lambda asked: cheap if "symbol" in asked else dear


def _signed(handler: Handler, weight: int | Callable[[Parameters], int] = 1) -> Endpoint:
    return Endpoint(handler, weight, SIGNED)


def _trading(handler: Handler, weight: int = 1, orders_counted: tuple[int, int] = (0, 0)) -> Endpoint:
    return Endpoint(handler, weight, SIGNED, orders_counted, executes=True)


PING: Final = Endpoint(market.ping)
TIME: Final = Endpoint(market.server_time)
PLACE_ORDER: Final = _trading(orders.place_order, 0, (1, 1))
CHANGE_ORDER: Final = _trading(amendments.change_order, 0, (1, 1))
PLACE_STOP: Final = _trading(stops.place_stop, 0, (1, 1))
CANCEL_ORDER: Final = _trading(orders.cancel_order)
CANCEL_STOP: Final = _trading(stops.cancel_stop)
QUERY_ORDER: Final = _signed(orders.query_order)
BOOK_TICKER: Final = Endpoint(market.book_ticker, _with_symbol(2, 5))
PRICE_TICKER: Final = Endpoint(market.price_ticker, _with_symbol(1, 2))
DEPTH: Final = Endpoint(market.depth, market.depth_weight)
BALANCE: Final = _signed(account.balance, 5)
CREATE_LISTEN_KEY: Final = Endpoint(account.create_listen_key, 1, KEY)
KEEP_LISTEN_KEY: Final = Endpoint(account.keep_listen_key, 1, KEY)
CLOSE_LISTEN_KEY: Final = Endpoint(account.close_listen_key, 1, KEY)

ENDPOINTS: Final[Mapping[tuple[str, str], Endpoint]] = {
    ("GET", "/fapi/v1/ping"): PING,
    ("GET", "/fapi/v1/time"): TIME,
    ("GET", "/fapi/v1/exchangeInfo"): Endpoint(contracts.exchange_info),
    ("GET", "/fapi/v1/depth"): DEPTH,
    ("GET", "/fapi/v1/aggTrades"): Endpoint(market.agg_trades, 20),
    ("GET", "/fapi/v1/klines"): Endpoint(klines.klines, klines.klines_weight),
    ("GET", "/fapi/v1/continuousKlines"): Endpoint(klines.continuous_klines, klines.klines_weight),
    ("GET", "/fapi/v1/markPriceKlines"): Endpoint(klines.mark_klines, klines.klines_weight),
    ("GET", "/fapi/v1/indexPriceKlines"): Endpoint(klines.index_klines, klines.klines_weight),
    ("GET", "/fapi/v1/premiumIndexKlines"): Endpoint(klines.premium_klines, klines.klines_weight),
    ("GET", "/fapi/v1/trades"): Endpoint(market.recent_trades, 5),
    ("GET", "/fapi/v1/historicalTrades"): Endpoint(market.old_trades, 200, KEY),
    ("GET", "/fapi/v1/rpiDepth"): Endpoint(market.rpi_depth, 20),
    ("GET", "/fapi/v1/openInterest"): Endpoint(crowd.open_interest),
    ("GET", "/fapi/v1/constituents"): Endpoint(index.constituents, 2),
    ("GET", "/fapi/v1/indexInfo"): Endpoint(index.index_info),
    ("GET", "/fapi/v1/assetIndex"): Endpoint(index.asset_index, _with_symbol(1, 10)),
    ("GET", "/fapi/v1/insuranceBalance"): Endpoint(index.insurance_balance),
    ("GET", "/fapi/v1/symbolAdlRisk"): Endpoint(index.adl_risk),
    ("GET", "/fapi/v1/tradingSchedule"): Endpoint(index.trading_schedule, 5),
    ("GET", "/futures/data/openInterestHist"): Endpoint(crowd.open_interest_history, 0),
    ("GET", "/futures/data/topLongShortAccountRatio"): Endpoint(crowd.long_short_ratio, 0),
    ("GET", "/futures/data/topLongShortPositionRatio"): Endpoint(crowd.long_short_ratio, 0),
    ("GET", "/futures/data/globalLongShortAccountRatio"): Endpoint(crowd.long_short_ratio, 0),
    ("GET", "/futures/data/takerlongshortRatio"): Endpoint(crowd.taker_volume, 0),
    ("GET", "/futures/data/basis"): Endpoint(crowd.basis, 0),
    ("GET", "/futures/data/delivery-price"): Endpoint(crowd.delivery_prices, 0),
    ("GET", "/fapi/v1/premiumIndex"): Endpoint(market.premium_index, _with_symbol(1, 10)),
    ("GET", "/fapi/v1/fundingRate"): Endpoint(market.funding_rate, 0),
    ("GET", "/fapi/v1/fundingInfo"): Endpoint(market.funding_info, 0),
    ("GET", "/fapi/v1/ticker/bookTicker"): BOOK_TICKER,
    ("GET", "/fapi/v1/ticker/price"): PRICE_TICKER,
    ("GET", "/fapi/v2/ticker/price"): PRICE_TICKER,
    ("GET", "/fapi/v1/ticker/24hr"): Endpoint(market.day_ticker, _with_symbol(1, 40)),
    ("POST", "/fapi/v1/order"): PLACE_ORDER,
    ("POST", "/fapi/v1/order/test"): Endpoint(orders.test_order, 0, SIGNED),
    ("PUT", "/fapi/v1/order"): CHANGE_ORDER,
    ("GET", "/fapi/v1/order"): QUERY_ORDER,
    ("DELETE", "/fapi/v1/order"): CANCEL_ORDER,
    ("GET", "/fapi/v1/orderAmendment"): _signed(amendments.changes),
    ("POST", "/fapi/v1/batchOrders"): _trading(batches.place_batch, 5, (5, 1)),
    ("PUT", "/fapi/v1/batchOrders"): _trading(batches.change_batch, 5, (5, 1)),
    ("DELETE", "/fapi/v1/batchOrders"): _trading(batches.cancel_batch),
    ("DELETE", "/fapi/v1/allOpenOrders"): _trading(orders.cancel_open_orders),
    ("GET", "/fapi/v1/openOrder"): _signed(orders.query_open_order),
    ("GET", "/fapi/v1/openOrders"): _signed(orders.open_orders, orders.open_orders_weight),
    ("GET", "/fapi/v1/allOrders"): _signed(orders.all_orders, 5),
    ("GET", "/fapi/v1/userTrades"): _signed(orders.user_trades, 5),
    ("POST", "/fapi/v1/countdownCancelAll"): _trading(orders.countdown, 10),
    ("POST", "/fapi/v1/algoOrder"): PLACE_STOP,
    ("GET", "/fapi/v1/algoOrder"): _signed(stops.query_stop),
    ("DELETE", "/fapi/v1/algoOrder"): CANCEL_STOP,
    ("GET", "/fapi/v1/openAlgoOrders"): _signed(stops.open_stops, orders.open_orders_weight),
    ("DELETE", "/fapi/v1/algoOpenOrders"): _trading(stops.cancel_open_stops),
    ("GET", "/fapi/v1/allAlgoOrders"): _signed(stops.all_stops, 5),
    ("POST", "/fapi/v1/leverage"): _trading(account.set_leverage),
    ("POST", "/fapi/v1/marginType"): _trading(account.set_margin_type),
    ("POST", "/fapi/v1/positionMargin"): _trading(margin.move_margin),
    ("GET", "/fapi/v1/positionMargin/history"): _signed(margin.margin_history),
    ("GET", "/fapi/v1/positionSide/dual"): _signed(account.position_mode, 30),
    ("POST", "/fapi/v1/positionSide/dual"): _trading(account.set_position_mode),
    ("GET", "/fapi/v1/multiAssetsMargin"): _signed(account.assets_mode, 30),
    ("POST", "/fapi/v1/multiAssetsMargin"): _trading(account.set_assets_mode),
    ("GET", "/fapi/v2/balance"): BALANCE,
    ("GET", "/fapi/v3/balance"): BALANCE,
    ("GET", "/fapi/v2/account"): _signed(account.account_old, 5),
    ("GET", "/fapi/v3/account"): _signed(account.account_now, 5),
    ("GET", "/fapi/v2/positionRisk"): _signed(account.position_risk_old, 5),
    ("GET", "/fapi/v3/positionRisk"): _signed(account.position_risk_now, 5),
    ("GET", "/fapi/v1/accountConfig"): _signed(account.account_config, 5),
    ("GET", "/fapi/v1/symbolConfig"): _signed(account.symbol_config, 5),
    ("GET", "/fapi/v1/income"): _signed(account.income, 30),
    ("GET", "/fapi/v1/leverageBracket"): _signed(account.leverage_bracket),
    ("GET", "/fapi/v1/commissionRate"): _signed(account.commission_rate, 20),
    ("GET", "/fapi/v1/apiTradingStatus"): _signed(account.trading_status, _with_symbol(1, 10)),
    ("GET", "/fapi/v1/adlQuantile"): _signed(account.adl_quantile, 5),
    ("GET", "/fapi/v1/forceOrders"): _signed(account.force_orders, _with_symbol(20, 50)),
    ("GET", "/fapi/v1/rateLimit/order"): _signed(account.order_limits),
    ("GET", "/fapi/v1/feeBurn"): _signed(account.fee_burn, 30),
    ("POST", "/fapi/v1/feeBurn"): _trading(account.set_fee_burn),
    ("POST", "/fapi/v1/stock/contract"): _trading(account.sign_agreement, 50),
    ("POST", "/fapi/v1/listenKey"): CREATE_LISTEN_KEY,
    ("PUT", "/fapi/v1/listenKey"): KEEP_LISTEN_KEY,
    ("DELETE", "/fapi/v1/listenKey"): CLOSE_LISTEN_KEY,
    ("GET", "/api/v3/ping"): Endpoint(market.ping, 0),
    ("GET", "/api/v3/time"): Endpoint(market.server_time, 0),
    ("GET", "/sapi/v1/system/status"): Endpoint(doorstep.system_status, 0),
    ("GET", "/sapi/v1/capital/config/getall"): _signed(doorstep.coins, 0),
    ("GET", "/sapi/v1/margin/allPairs"): Endpoint(doorstep.margin_pairs, 0),
    ("GET", "/sapi/v1/margin/isolated/allPairs"): Endpoint(doorstep.margin_pairs, 0),
}

METHODS: Final[Mapping[str, Endpoint]] = {
    "order.place": PLACE_ORDER,
    "order.modify": CHANGE_ORDER,
    "order.cancel": CANCEL_ORDER,
    "order.status": QUERY_ORDER,
    "algoOrder.place": PLACE_STOP,
    "algoOrder.cancel": CANCEL_STOP,
    "account.position": _signed(account.position_risk_old, 5),
    "v2/account.position": _signed(account.position_risk_now, 5),
    "account.balance": BALANCE,
    "v2/account.balance": BALANCE,
    "account.status": _signed(account.account_old, 5),
    "v2/account.status": _signed(account.account_now, 5),
    "userDataStream.start": CREATE_LISTEN_KEY,
    "userDataStream.ping": KEEP_LISTEN_KEY,
    "userDataStream.stop": CLOSE_LISTEN_KEY,
    "ping": PING,
    "time": TIME,
    "depth": DEPTH,
    "ticker.price": PRICE_TICKER,
    "ticker.book": BOOK_TICKER,
}
"""The methods of the WebSocket API, sessions aside."""
