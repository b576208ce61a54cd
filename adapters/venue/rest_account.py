"""The account: wallet, positions, settings, listen key."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from adapters.venue.account_json import (
    account_body,
    balance_rows,
    bracket_rows,
    income_row,
    max_notional,
    risk_row,
)
from adapters.venue.exchange import Position
from adapters.venue.order_json import Json, number, order_row
from adapters.venue.order_reading import contract_of, contracts_of
from adapters.venue.parameters import Parameters
from adapters.venue.request_refused import RequestRefused
from adapters.venue.rest_orders import refuse
from adapters.venue.venue import Venue
from domain.market.timeframe import DAY_MS

_DONE: Final[Json] = {"code": 200, "msg": "success"}
_WEEK_MS: Final = 7 * DAY_MS


def balance(venue: Venue, _asked: Parameters) -> object:
    """Tell the wallet."""
    return balance_rows(venue.exchange.wallet())


def account_now(venue: Venue, _asked: Parameters) -> object:
    """Tell wallet and positions; only symbols with a position or orders."""
    return account_body(venue.exchange.wallet(), venue.exchange.live_positions(), is_old=False)


def account_old(venue: Venue, _asked: Parameters) -> object:
    """Tell wallet and positions in the second version's shape; every symbol."""
    exchange = venue.exchange
    has_multi_assets = exchange.has_multi_assets
    return account_body(
        exchange.wallet(), exchange.positions(), is_old=True, has_multi_assets=has_multi_assets
    )


def position_risk_now(venue: Venue, asked: Parameters) -> object:
    """Tell the positions; only symbols with a position or orders."""
    return _risk_rows(venue, _of_symbol(venue, asked, venue.exchange.live_positions()), is_old=False)


def position_risk_old(venue: Venue, asked: Parameters) -> object:
    """Tell every symbol's position in the second version's shape."""
    return _risk_rows(venue, _of_symbol(venue, asked, venue.exchange.positions()), is_old=True)


def account_config(venue: Venue, _asked: Parameters) -> object:
    """Tell how the account is set."""
    return {
        "feeTier": 0,
        "canTrade": True,
        "canDeposit": True,
        "canWithdraw": False,
        "dualSidePosition": venue.exchange.is_hedged,
        "updateTime": 0,
        "multiAssetsMargin": venue.exchange.has_multi_assets,
        "tradeGroupId": -1,
    }


def symbol_config(venue: Venue, asked: Parameters) -> object:
    """Tell leverage and margin type of a symbol, or of all."""
    rows: list[Json] = []
    for symbol in contracts_of(asked, venue.exchange):
        leverage = venue.exchange.leverage(symbol)
        grid = venue.exchange.contracts[symbol].instrument
        rows.append(
            {
                "symbol": symbol,
                "marginType": "ISOLATED" if venue.exchange.is_isolated(symbol) else "CROSSED",
                "isAutoAddMargin": False,
                "leverage": leverage,
                "maxNotionalValue": number(max_notional(grid, leverage)),
            }
        )
    return rows


def set_leverage(venue: Venue, asked: Parameters) -> object:
    """Set the leverage of a symbol."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    leverage = asked.whole("leverage")
    refuse(venue.exchange.set_leverage(symbol, leverage))
    most = max_notional(venue.exchange.contracts[symbol].instrument, leverage)
    return {"leverage": leverage, "maxNotionalValue": number(most), "symbol": symbol}


def set_margin_type(venue: Venue, asked: Parameters) -> object:
    """Choose isolated or cross margin."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    kind = asked.choice("marginType", {"ISOLATED", "CROSSED"})
    refuse(venue.exchange.set_isolated(symbol, is_isolated=kind == "ISOLATED"))
    return _DONE


def position_mode(venue: Venue, _asked: Parameters) -> object:
    """Tell hedge or one-way mode."""
    return {"dualSidePosition": venue.exchange.is_hedged}


def set_position_mode(venue: Venue, asked: Parameters) -> object:
    """Choose hedge or one-way mode."""
    refuse(venue.exchange.set_hedged(is_hedged=asked.flag("dualSidePosition")))
    return _DONE


def assets_mode(venue: Venue, _asked: Parameters) -> object:
    """Tell multi-assets mode."""
    return {"multiAssetsMargin": venue.exchange.has_multi_assets}


def set_assets_mode(venue: Venue, asked: Parameters) -> object:
    """Choose multi-assets mode."""
    refuse(venue.exchange.set_multi_assets(is_on=asked.flag("multiAssetsMargin")))
    return _DONE


def income(venue: Venue, asked: Parameters) -> object:
    """List changes of the wallet; the last week when no span is asked."""
    start_ms = asked.whole("startTime", venue.now_ms() - _WEEK_MS)
    end_ms = asked.whole("endTime", venue.now_ms())
    symbol, kind = asked.text("symbol", ""), asked.text("incomeType", "")
    found = [
        one
        for one in venue.exchange.income()
        if start_ms <= one.at_ms <= end_ms and symbol in {"", one.symbol} and kind in {"", one.kind}
    ]
    limit = asked.limit(100, 1_000)
    return [income_row(one) for one in (found[:limit] if "startTime" in asked else found[-limit:])]


def leverage_bracket(venue: Venue, asked: Parameters) -> object:
    """Tell the margin brackets."""
    return [
        {"symbol": symbol, "brackets": bracket_rows(venue.exchange.contracts[symbol].instrument)}
        for symbol in contracts_of(asked, venue.exchange)
    ]


def commission_rate(venue: Venue, asked: Parameters) -> object:
    """Tell the fees."""
    habits = venue.exchange.habits
    return {
        "symbol": contract_of(asked, venue.exchange).instrument.symbol,
        "makerCommissionRate": number(habits.maker_fee.normalize()),
        "takerCommissionRate": number(habits.taker_fee.normalize()),
        "rpiCommissionRate": "0.00005",
    }


def trading_status(venue: Venue, asked: Parameters) -> object:
    """Tell how near the account is to being restricted: never, here."""
    row = {
        "isLocked": False,
        "plannedRecoverTime": 0,
        "indicator": "UFR",
        "value": 0.05,
        "triggerValue": 0.995,
    }
    return {
        "indicators": {symbol: [row] for symbol in contracts_of(asked, venue.exchange)},
        "updateTime": venue.now_ms(),
    }


def adl_quantile(venue: Venue, asked: Parameters) -> object:
    """Tell how soon a position would be auto-deleveraged."""
    rows: dict[str, dict[str, int]] = {}
    for one in _of_symbol(venue, asked, venue.exchange.live_positions()):
        rows.setdefault(one.symbol, {})[one.position_side] = one.adl
    return [{"symbol": symbol, "adlQuantile": quantiles} for symbol, quantiles in rows.items()]


def force_orders(venue: Venue, asked: Parameters) -> object:
    """List the orders by which the venue closed our positions."""
    symbol = asked.text("symbol", "")
    kinds = {"LIQUIDATION": "autoclose-", "ADL": "adl_autoclose"}
    prefix = kinds.get(asked.text("autoCloseType", ""))
    found = [
        order
        for order in venue.exchange.all_orders(symbol or None)
        if order.client_id.startswith(prefix or tuple(kinds.values()))
    ]
    return [order_row(order, venue.exchange.contracts[order.symbol].instrument) for order in found]


def order_limits(venue: Venue, _asked: Parameters) -> object:
    """Tell the order limits of the account."""
    limits = venue.settings.limits
    return [
        {
            "rateLimitType": "ORDERS",
            "interval": "SECOND",
            "intervalNum": 10,
            "limit": limits.orders_per_ten_seconds,
        },
        {
            "rateLimitType": "ORDERS",
            "interval": "MINUTE",
            "intervalNum": 1,
            "limit": limits.orders_per_minute,
        },
    ]


def fee_burn(venue: Venue, _asked: Parameters) -> object:
    """Tell whether fees are to be paid in BNB."""
    return {"feeBurn": venue.notes.wants_fees_in_bnb}


def set_fee_burn(venue: Venue, asked: Parameters) -> object:
    """Choose to pay fees in BNB; as the account holds none, they stay in the margin asset."""
    venue.notes.wants_fees_in_bnb = asked.flag("feeBurn")
    return _DONE


def sign_agreement(_venue: Venue, _asked: Parameters) -> object:
    """Take the signature under the agreement for contracts on stocks; none is listed here."""
    return _DONE


def create_listen_key(venue: Venue, _asked: Parameters) -> object:
    """Give the account's listen key, the same while it lasts."""
    return {"listenKey": venue.listen_key.create(venue.now_ms())}


def keep_listen_key(venue: Venue, _asked: Parameters) -> object:
    """Let the listen key last another hour."""
    now_ms = venue.now_ms()
    key = None if venue.faults.strikes("listen_key_unknown", now_ms) else venue.listen_key.keep_alive(now_ms)
    if key is None:
        raise RequestRefused(-1125, "This listenKey does not exist.")
    return {"listenKey": key}


def close_listen_key(venue: Venue, _asked: Parameters) -> object:
    """Take the listen key back, whoever uses it."""
    venue.listen_key.close()
    return {}


def _of_symbol(venue: Venue, asked: Parameters, positions: Sequence[Position]) -> list[Position]:
    if "symbol" not in asked:
        return list(positions)
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    return [one for one in positions if one.symbol == symbol]


def _risk_rows(venue: Venue, positions: Sequence[Position], *, is_old: bool) -> list[Json]:
    rows = []
    for one in positions:
        most: Decimal = max_notional(venue.exchange.contracts[one.symbol].instrument, one.leverage)
        rows.append(risk_row(one, is_old=is_old, max_notional=most))
    return rows
