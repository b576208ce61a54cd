"""What Binance's REST side answers about orders and the account.

Only what a trader needs is read; fields that are absent have their usual value, unknown ones are skipped.
"""

from decimal import Decimal

from adapters.binance.wire.secret import Secret
from adapters.binance.wire.told import ExactPart, Part


class ServerTime(Part, frozen=True, rename="camel"):
    """`{"serverTime":1795305600123}`."""

    server_time: int


class Said(Part, frozen=True):
    """`{"code":200,"msg":"success"}`; the code is a text in some replies."""

    code: int = 200
    msg: str = ""


class Nothing(Part, frozen=True):
    """`{}`."""


class OrderTold(ExactPart, frozen=True, rename="camel"):
    """`{"orderId":7,"symbol":"BTCUSDT","status":"NEW","clientOrderId":"...","executedQty":"0.000",...}`.

    Since June 2026 `avg_price` and `cum_quote` come with queries only, never when an order is placed.
    """

    order_id: int
    symbol: str
    status: str
    client_order_id: str
    side: str = ""
    type: str = ""
    orig_type: str = ""
    price: Decimal = Decimal(0)
    orig_qty: Decimal = Decimal(0)
    executed_qty: Decimal = Decimal(0)
    avg_price: Decimal | None = None
    cum_quote: Decimal | None = None
    reduce_only: bool = False
    position_side: str = "BOTH"
    update_time: int = 0


class AlgoOrderTold(ExactPart, frozen=True, rename="camel"):
    """`{"algoId":3,"clientAlgoId":"...","orderType":"STOP_MARKET","algoStatus":"NEW","triggerPrice":"90900.00"}`.

    `actual_order_id` is empty until it was triggered.
    """

    algo_id: int
    client_algo_id: str
    symbol: str = ""
    algo_status: str = ""
    order_type: str = ""
    side: str = ""
    quantity: Decimal = Decimal(0)
    trigger_price: Decimal = Decimal(0)
    close_position: bool = False
    reduce_only: bool = False
    position_side: str = "BOTH"
    actual_order_id: str | int = ""
    update_time: int = 0


class AlgoCancelled(Part, frozen=True, rename="camel"):
    """`{"algoId":3000000001234567,"clientAlgoId":"...","code":"200","msg":"success"}`."""

    algo_id: int = 0
    client_algo_id: str = ""
    code: int = 200
    msg: str = ""


class CountdownSet(Part, frozen=True, rename="camel"):
    """`{"symbol":"BTCUSDT","countdownTime":"120000"}`."""

    symbol: str
    countdown_time: int


class ListenKey(Part, frozen=True, rename="camel"):
    """`{"listenKey":"Kx9..."}`."""

    listen_key: Secret


class LeverageSet(ExactPart, frozen=True, rename="camel"):
    """`{"leverage":10,"maxNotionalValue":"40000000","symbol":"BTCUSDT"}`."""

    symbol: str
    leverage: int
    max_notional_value: Decimal = Decimal(0)


class PositionMode(Part, frozen=True, rename="camel"):
    """`{"dualSidePosition":false}`; true is hedge mode."""

    dual_side_position: bool


class FeeBurn(Part, frozen=True, rename="camel"):
    """`{"feeBurn":false}`; true is fees in BNB, as long as there is any."""

    fee_burn: bool


class MultiAssetsMode(Part, frozen=True, rename="camel"):
    """`{"multiAssetsMargin":false}`."""

    multi_assets_margin: bool


class BalanceTold(ExactPart, frozen=True, rename="camel"):
    """`{"accountAlias":"SgsR","asset":"USDT","balance":"10003.11","availableBalance":"9088.05",...}`.

    The alias names the account, whichever of its keys asks.
    """

    asset: str
    balance: Decimal
    account_alias: str = ""
    cross_wallet_balance: Decimal = Decimal(0)
    available_balance: Decimal = Decimal(0)
    update_time: int = 0


class AssetTold(ExactPart, frozen=True, rename="camel"):
    """`{"asset":"USDT","walletBalance":"10003.11220000","marginBalance":"10006.21","availableBalance":...}`."""

    asset: str
    wallet_balance: Decimal
    margin_balance: Decimal = Decimal(0)
    available_balance: Decimal = Decimal(0)


class PositionAmount(ExactPart, frozen=True, rename="camel"):
    """`{"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"0.200","unrealizedProfit":"3.1",...}`."""

    symbol: str
    position_amt: Decimal
    position_side: str = "BOTH"


class AccountTold(ExactPart, frozen=True, rename="camel"):
    """`{"totalWalletBalance":"10003.11","availableBalance":"9088.05","assets":[...],"positions":[...]}`."""

    total_wallet_balance: Decimal
    available_balance: Decimal
    total_margin_balance: Decimal = Decimal(0)
    total_maint_margin: Decimal = Decimal(0)
    total_initial_margin: Decimal = Decimal(0)
    total_unrealized_profit: Decimal = Decimal(0)
    assets: tuple[AssetTold, ...] = ()
    positions: tuple[PositionAmount, ...] = ()


class PositionRisk(ExactPart, frozen=True, rename="camel"):
    """`{"symbol":"BTCUSDT","positionAmt":"0.200","entryPrice":"91800.0","markPrice":...,"adl":2,...}`."""

    symbol: str
    position_amt: Decimal
    entry_price: Decimal
    position_side: str = "BOTH"
    mark_price: Decimal = Decimal(0)
    liquidation_price: Decimal = Decimal(0)
    maint_margin: Decimal = Decimal(0)
    initial_margin: Decimal = Decimal(0)
    isolated_wallet: Decimal = Decimal(0)
    adl: int = 0
    update_time: int = 0


class SymbolConfig(ExactPart, frozen=True, rename="camel"):
    """`{"symbol":"BTCUSDT","marginType":"CROSSED","isAutoAddMargin":false,"leverage":20,...}`."""

    symbol: str
    margin_type: str
    leverage: int
    max_notional_value: Decimal = Decimal(0)


class AccountConfig(Part, frozen=True, rename="camel"):
    """`{"feeTier":0,"canTrade":true,"canWithdraw":true,"dualSidePosition":false,"multiAssetsMargin":false}`."""

    can_trade: bool
    can_withdraw: bool = False
    dual_side_position: bool = False
    multi_assets_margin: bool = False
    fee_tier: int = 0


class UserTrade(ExactPart, frozen=True, rename="camel"):
    """`{"id":6123405001,"orderId":7,"symbol":"BTCUSDT","side":"BUY","price":"91800.00","qty":"0.200",...}`."""

    id: int
    order_id: int
    symbol: str
    side: str
    price: Decimal
    qty: Decimal
    time: int
    commission: Decimal = Decimal(0)
    commission_asset: str = ""
    realized_pnl: Decimal = Decimal(0)
    maker: bool = False
    position_side: str = "BOTH"


class IncomeTold(ExactPart, frozen=True, rename="camel"):
    """`{"symbol":"BTCUSDT","incomeType":"FUNDING_FEE","income":"-1.83631","asset":"USDT","time":...}`."""

    income_type: str
    income: Decimal
    asset: str
    time: int
    symbol: str = ""
    info: str = ""
    tran_id: int = 0
    trade_id: str | int = ""


class CommissionRate(ExactPart, frozen=True, rename="camel"):
    """`{"symbol":"BTCUSDT","makerCommissionRate":"0.0002","takerCommissionRate":"0.0005"}`."""

    symbol: str
    maker_commission_rate: Decimal
    taker_commission_rate: Decimal


class BracketTold(ExactPart, frozen=True, rename="camel"):
    """`{"bracket":1,"initialLeverage":125,"notionalCap":300000,"notionalFloor":0,"maintMarginRatio":0.004,"cum":0}`."""

    initial_leverage: int
    notional_cap: Decimal
    notional_floor: Decimal
    maint_margin_ratio: Decimal
    cum: Decimal = Decimal(0)


class SymbolBrackets(Part, frozen=True):
    """`{"symbol":"BTCUSDT","brackets":[...]}`."""

    symbol: str
    brackets: tuple[BracketTold, ...]


class RateLimit(Part, frozen=True, rename="camel"):
    """`{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":300}`."""

    rate_limit_type: str
    interval: str
    interval_num: int
    limit: int


class AggTradeTold(ExactPart, frozen=True):
    """`{"a":26129,"p":"91851.00","q":"0.250","f":27781,"l":27781,"T":1795305601104,"m":true}`.

    `m` means that a seller was the aggressor.
    """

    a: int
    p: Decimal
    q: Decimal
    T: int
    m: bool
    f: int = 0
    l: int = 0  # noqa: E741 - the venue's own letter


class PremiumIndex(ExactPart, frozen=True, rename="camel"):
    """`{"symbol":"BTCUSDT","markPrice":"91849.55","lastFundingRate":"0.0001","nextFundingTime":...}`."""

    symbol: str
    mark_price: Decimal
    index_price: Decimal = Decimal(0)
    last_funding_rate: str = ""
    next_funding_time: int = 0
    time: int = 0
