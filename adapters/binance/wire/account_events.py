"""What the account's own stream tells.

Prices, quantities and money are Decimal from the text, times milliseconds since 1970, UTC. Sides, kinds
and statuses stay the venue's words: one that is new must not break the frame it came in.
"""

from decimal import Decimal

from adapters.binance.wire.secret import Secret
from adapters.binance.wire.told import ExactPart, ExactTold, Part, Told


class OrderReport(
    ExactPart,
    frozen=True,
    rename={
        "symbol": "s",
        "client_id": "c",
        "side": "S",
        "kind": "o",
        "quantity": "q",
        "price": "p",
        "average_price": "ap",
        "execution": "x",
        "status": "X",
        "venue_order_id": "i",
        "last_quantity": "l",
        "filled_quantity": "z",
        "last_price": "L",
        "fee_asset": "N",
        "fee": "n",
        "at_ms": "T",
        "trade_id": "t",
        "is_maker": "m",
        "is_reduce_only": "R",
        "original_kind": "ot",
        "position_side": "ps",
        "realized_pnl": "rp",
        "expiry_reason": "er",
    },
):
    """`{"s":"BTCUSDT","c":"...","S":"BUY","x":"TRADE","X":"FILLED","i":7,"l":"0.2","L":"91800.00",...}`.

    `fee` and `fee_asset` may be absent.
    """

    symbol: str
    client_id: str
    side: str
    execution: str
    status: str
    venue_order_id: int
    at_ms: int
    kind: str = ""
    original_kind: str = ""
    position_side: str = "BOTH"
    quantity: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    average_price: Decimal = Decimal(0)
    last_quantity: Decimal = Decimal(0)
    filled_quantity: Decimal = Decimal(0)
    last_price: Decimal = Decimal(0)
    fee: Decimal | None = None
    fee_asset: str | None = None
    realized_pnl: Decimal = Decimal(0)
    trade_id: int = 0
    is_maker: bool = False
    is_reduce_only: bool = False
    expiry_reason: str = "0"


class OrderTradeUpdate(
    Told, frozen=True, tag="ORDER_TRADE_UPDATE", rename={"at_ms": "E", "traded_at_ms": "T", "order": "o"}
):
    """`{"e":"ORDER_TRADE_UPDATE","T":...,"E":...,"o":{...}}`."""

    at_ms: int
    order: OrderReport
    traded_at_ms: int = 0


class TradeLite(
    ExactTold,
    frozen=True,
    tag="TRADE_LITE",
    rename={
        "at_ms": "E",
        "traded_at_ms": "T",
        "symbol": "s",
        "client_id": "c",
        "side": "S",
        "price": "L",
        "quantity": "l",
        "trade_id": "t",
        "venue_order_id": "i",
        "is_maker": "m",
    },
):
    """`{"e":"TRADE_LITE","s":"BTCUSDT","c":"...","S":"BUY","L":"91800.00","l":"0.200","t":5,"i":7,...}`.

    A fill told earlier and in less detail than by its ORDER_TRADE_UPDATE: no fee, no status.
    """

    at_ms: int
    symbol: str
    client_id: str
    trade_id: int
    venue_order_id: int
    price: Decimal
    quantity: Decimal
    side: str = ""
    traded_at_ms: int = 0
    is_maker: bool = False


class WalletBalance(
    ExactPart, frozen=True, rename={"asset": "a", "wallet": "wb", "cross_wallet": "cw", "change": "bc"}
):
    """`{"a":"USDT","wb":"10003.11","cw":"10003.11","bc":"0"}`; `change` is other than P&L and fees."""

    asset: str
    wallet: Decimal
    cross_wallet: Decimal = Decimal(0)
    change: Decimal = Decimal(0)


class HeldPosition(
    ExactPart,
    frozen=True,
    rename={
        "symbol": "s",
        "signed_quantity": "pa",
        "entry_price": "ep",
        "realized_pnl": "cr",
        "unrealized_pnl": "up",
        "margin_type": "mt",
        "position_side": "ps",
    },
):
    """`{"s":"BTCUSDT","pa":"0.200","ep":"91800.0","cr":"0","up":"3.1","mt":"cross","ps":"BOTH"}`."""

    symbol: str
    signed_quantity: Decimal
    entry_price: Decimal = Decimal(0)
    realized_pnl: Decimal = Decimal(0)
    unrealized_pnl: Decimal = Decimal(0)
    margin_type: str = ""
    position_side: str = "BOTH"


class AccountChange(
    Part, frozen=True, rename={"reason": "m", "balances": "B", "positions": "P", "symbol": "S"}
):
    """`{"m":"ORDER","B":[...],"P":[...]}`; only what changed. `symbol` comes with funding since 2026-08."""

    reason: str
    balances: tuple[WalletBalance, ...] = ()
    positions: tuple[HeldPosition, ...] = ()
    symbol: str = ""


class AccountUpdate(
    Told, frozen=True, tag="ACCOUNT_UPDATE", rename={"at_ms": "E", "changed_at_ms": "T", "change": "a"}
):
    """`{"e":"ACCOUNT_UPDATE","E":...,"T":...,"a":{...}}`."""

    at_ms: int
    change: AccountChange
    changed_at_ms: int = 0


class AlgoReport(
    ExactPart,
    frozen=True,
    rename={
        "client_id": "caid",
        "algo_id": "aid",
        "kind": "o",
        "symbol": "s",
        "side": "S",
        "status": "X",
        "venue_order_id": "ai",
        "filled_quantity": "aq",
        "trigger_price": "tp",
        "failure": "rm",
        "is_activated": "ia",
    },
):
    """`{"caid":"...","aid":3,"o":"STOP_MARKET","s":"BTCUSDT","S":"SELL","X":"NEW","ai":"","aq":"0",...}`.

    `venue_order_id` names the order that a triggered one became, and is empty until then.
    """

    client_id: str
    algo_id: int
    symbol: str
    side: str
    status: str
    kind: str = ""
    venue_order_id: str = ""
    filled_quantity: Decimal = Decimal(0)
    trigger_price: Decimal = Decimal(0)
    failure: str = ""
    is_activated: bool = False


class AlgoUpdate(
    Told, frozen=True, tag="ALGO_UPDATE", rename={"at_ms": "E", "changed_at_ms": "T", "order": "o"}
):
    """`{"e":"ALGO_UPDATE","T":...,"E":...,"o":{...}}`."""

    at_ms: int
    order: AlgoReport
    changed_at_ms: int = 0


class EndangeredPosition(
    ExactPart,
    frozen=True,
    rename={"symbol": "s", "signed_quantity": "pa", "mark_price": "mp", "maintenance_margin": "mm"},
):
    """`{"s":"ETHUSDT","pa":"1.327","mp":"3187.17127","mm":"1.614445",...}`."""

    symbol: str
    signed_quantity: Decimal
    mark_price: Decimal = Decimal(0)
    maintenance_margin: Decimal = Decimal(0)


class MarginCall(
    ExactTold, frozen=True, tag="MARGIN_CALL", rename={"at_ms": "E", "cross_wallet": "cw", "positions": "p"}
):
    """`{"e":"MARGIN_CALL","E":...,"cw":"3.16812045","p":[...]}`; the liquidation may be over already."""

    at_ms: int
    positions: tuple[EndangeredPosition, ...] = ()
    cross_wallet: Decimal | None = None


class LeverageTold(Part, frozen=True, rename={"symbol": "s", "leverage": "l"}):
    """`{"s":"BTCUSDT","l":10}`."""

    symbol: str
    leverage: int


class AssetsModeTold(Part, frozen=True, rename={"is_multi_assets": "j"}):
    """`{"j":false}`."""

    is_multi_assets: bool


class AccountConfigUpdate(
    Told,
    frozen=True,
    tag="ACCOUNT_CONFIG_UPDATE",
    rename={"at_ms": "E", "leverage": "ac", "assets_mode": "ai"},
):
    """`{"e":"ACCOUNT_CONFIG_UPDATE","E":...,"ac":{"s":"BTCUSDT","l":10}}`, or `"ai":{"j":false}`."""

    at_ms: int
    leverage: LeverageTold | None = None
    assets_mode: AssetsModeTold | None = None


class ListenKeyExpired(
    Told, frozen=True, tag="listenKeyExpired", rename={"at_ms": "E", "listen_key": "listenKey"}
):
    """`{"e":"listenKeyExpired","E":...,"listenKey":"..."}`; the socket stays open and silent."""

    at_ms: int
    listen_key: Secret | None = None


class TriggerRefusal(Part, frozen=True, rename={"symbol": "s", "venue_order_id": "i", "reason": "r"}):
    """`{"s":"ETHUSDT","i":155618472834,"r":"Due to the order could not be filled immediately"}`."""

    symbol: str
    venue_order_id: int
    reason: str = ""


class TriggerRejected(
    Told,
    frozen=True,
    tag="CONDITIONAL_ORDER_TRIGGER_REJECT",
    rename={"at_ms": "E", "refusal": "or"},
):
    """`{"e":"CONDITIONAL_ORDER_TRIGGER_REJECT","E":...,"or":{...}}`; not used since December 2025."""

    at_ms: int
    refusal: TriggerRefusal


AccountEvent = (
    OrderTradeUpdate
    | TradeLite
    | AccountUpdate
    | AlgoUpdate
    | MarginCall
    | AccountConfigUpdate
    | ListenKeyExpired
    | TriggerRejected
)
