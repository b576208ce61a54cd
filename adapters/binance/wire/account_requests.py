"""What is asked about the account, and how it is set up."""

from typing import Final

from adapters.binance.wire.replies import (
    AccountConfig,
    AccountTold,
    BalanceTold,
    CommissionRate,
    FeeBurn,
    IncomeTold,
    LeverageSet,
    ListenKey,
    MultiAssetsMode,
    Nothing,
    PositionMode,
    PositionRisk,
    RateLimit,
    Said,
    SymbolConfig,
    UserTrade,
)
from adapters.binance.wire.reply_reader import reader_of
from adapters.binance.wire.request import Access, Request, parameters

_LISTEN_KEY: Final = "/fapi/v1/listenKey"
_POSITION_MODE: Final = "/fapi/v1/positionSide/dual"
_READ_LISTEN_KEY: Final = reader_of(ListenKey)
_READ_NOTHING: Final = reader_of(Nothing)
_READ_SAID: Final = reader_of(Said)
_READ_ACCOUNT: Final = reader_of(AccountTold)
_READ_BALANCES: Final = reader_of(tuple[BalanceTold, ...])
_READ_POSITION_RISKS: Final = reader_of(tuple[PositionRisk, ...])
_READ_SYMBOL_CONFIGS: Final = reader_of(tuple[SymbolConfig, ...])
_READ_ACCOUNT_CONFIG: Final = reader_of(AccountConfig)
_READ_FEE_BURN: Final = reader_of(FeeBurn)
_READ_USER_TRADES: Final = reader_of(tuple[UserTrade, ...])
_READ_INCOME: Final = reader_of(tuple[IncomeTold, ...])
_READ_COMMISSION_RATE: Final = reader_of(CommissionRate)
_READ_RATE_LIMITS: Final = reader_of(tuple[RateLimit, ...])
_READ_LEVERAGE_SET: Final = reader_of(LeverageSet)
_READ_POSITION_MODE: Final = reader_of(PositionMode)
_READ_MULTI_ASSETS_MODE: Final = reader_of(MultiAssetsMode)


def create_listen_key() -> Request[ListenKey]:
    """Ask for the key of the account's stream; an active one is given again, and lives an hour more."""
    return _listen_key("POST")


def keep_listen_key() -> Request[ListenKey]:
    """Let the key of the account's stream live another hour."""
    return _listen_key("PUT")


def close_listen_key() -> Request[Nothing]:
    """Give the key of the account's stream back; every other process of the account loses it too."""
    return Request("DELETE", _LISTEN_KEY, (), _READ_NOTHING, access=Access.KEY_HOLDER, is_protective=True)


def account() -> Request[AccountTold]:
    """Ask for wallets, margins and positions."""
    return Request("GET", "/fapi/v3/account", (), _READ_ACCOUNT, weight=5, is_protective=True)


def balances() -> Request[tuple[BalanceTold, ...]]:
    """Ask for the wallets."""
    return Request("GET", "/fapi/v3/balance", (), _READ_BALANCES, weight=5, is_protective=True)


def position_risk(symbol: str | None = None) -> Request[tuple[PositionRisk, ...]]:
    """Ask for positions with their prices and margins; symbols without any are left out."""
    asked = parameters(symbol=symbol)
    return Request("GET", "/fapi/v3/positionRisk", asked, _READ_POSITION_RISKS, weight=5, is_protective=True)


def symbol_config(symbol: str | None = None) -> Request[tuple[SymbolConfig, ...]]:
    """Ask for the leverage and margin type in force."""
    return Request("GET", "/fapi/v1/symbolConfig", parameters(symbol=symbol), _READ_SYMBOL_CONFIGS, weight=5)


def account_config() -> Request[AccountConfig]:
    """Ask what the account may do and which modes are in force."""
    return Request("GET", "/fapi/v1/accountConfig", (), _READ_ACCOUNT_CONFIG, weight=5)


def user_trades(
    symbol: str,
    *,
    venue_order_id: int | None = None,
    from_id: int | None = None,
    since_ms: int | None = None,
    until_ms: int | None = None,
    most: int = 1000,
) -> Request[tuple[UserTrade, ...]]:
    """Ask for the account's own trades of a symbol, by order, from a trade on, or within seven days.

    Raises ValueError for a trade and a time together, which the venue refuses.
    """
    if from_id is not None and (since_ms, until_ms) != (None, None):
        raise ValueError("trades are asked for from a trade on or by time, not both")
    asked = parameters(
        symbol=symbol,
        orderId=venue_order_id,
        startTime=since_ms,
        endTime=until_ms,
        fromId=from_id,
        limit=most,
    )
    return Request("GET", "/fapi/v1/userTrades", asked, _READ_USER_TRADES, weight=5, is_protective=True)


def income(
    *,
    symbol: str | None = None,
    kind: str | None = None,
    since_ms: int | None = None,
    until_ms: int | None = None,
    most: int = 1000,
) -> Request[tuple[IncomeTold, ...]]:
    """Ask what moved the wallet: P&L, fees, funding, transfers."""
    asked = parameters(symbol=symbol, incomeType=kind, startTime=since_ms, endTime=until_ms, limit=most)
    return Request("GET", "/fapi/v1/income", asked, _READ_INCOME, weight=30)


def commission_rate(symbol: str) -> Request[CommissionRate]:
    """Ask for the fees of a symbol."""
    asked = parameters(symbol=symbol)
    return Request("GET", "/fapi/v1/commissionRate", asked, _READ_COMMISSION_RATE, weight=20)


def order_limits() -> Request[tuple[RateLimit, ...]]:
    """Ask how many orders this account may send."""
    return Request("GET", "/fapi/v1/rateLimit/order", (), _READ_RATE_LIMITS)


def set_leverage(symbol: str, leverage: int) -> Request[LeverageSet]:
    """Set the leverage of a symbol."""
    asked = parameters(symbol=symbol, leverage=leverage)
    return Request("POST", "/fapi/v1/leverage", asked, _READ_LEVERAGE_SET)


def set_margin_type(symbol: str, *, is_isolated: bool) -> Request[Said]:
    """Set a symbol to isolated or cross margin."""
    asked = parameters(symbol=symbol, marginType="ISOLATED" if is_isolated else "CROSSED")
    return Request("POST", "/fapi/v1/marginType", asked, _READ_SAID)


def position_mode() -> Request[PositionMode]:
    """Ask whether long and short of one symbol may be held at once."""
    return Request("GET", _POSITION_MODE, (), _READ_POSITION_MODE, weight=30)


def set_position_mode(*, is_hedge: bool) -> Request[Said]:
    """Set whether long and short of one symbol may be held at once, for the whole account."""
    return Request("POST", _POSITION_MODE, parameters(dualSidePosition=is_hedge), _READ_SAID)


def fee_burn() -> Request[FeeBurn]:
    """Ask whether fees are paid in BNB."""
    return Request("GET", "/fapi/v1/feeBurn", (), _READ_FEE_BURN, weight=30)


def multi_assets_mode() -> Request[MultiAssetsMode]:
    """Ask whether several assets are margin together."""
    return Request("GET", "/fapi/v1/multiAssetsMargin", (), _READ_MULTI_ASSETS_MODE, weight=30)


def _listen_key(method: str) -> Request[ListenKey]:
    return Request(method, _LISTEN_KEY, (), _READ_LISTEN_KEY, access=Access.KEY_HOLDER, is_protective=True)
