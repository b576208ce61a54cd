"""Wallet and positions as the wire shows them."""

from collections.abc import Sequence
from decimal import Decimal

from adapters.venue.exchange import Income, Position, Wallet
from adapters.venue.order_json import Json, money, number
from domain.market.instrument import Instrument

ASSET = "USDT"


def balance_rows(wallet: Wallet) -> list[Json]:
    """Give the answer of the balance endpoints."""
    return [
        {
            "accountAlias": "SgsR",
            "asset": ASSET,
            "balance": money(wallet.balance),
            "crossWalletBalance": money(wallet.cross_balance),
            "crossUnPnl": money(wallet.cross_unrealized),
            "availableBalance": money(wallet.available),
            "maxWithdrawAmount": money(_withdrawable(wallet)),
            "marginAvailable": True,
            "updateTime": wallet.updated_ms,
        }
    ]


def account_body(
    wallet: Wallet, positions: Sequence[Position], *, is_old: bool, has_multi_assets: bool = False
) -> Json:
    """Give the answer of the account endpoints; the old one has leverage, margin type and more."""
    margins = _margins(wallet)
    asset: Json = {"asset": ASSET, **margins, "updateTime": wallet.updated_ms}
    if is_old:
        asset["marginAvailable"] = True
    body: Json = {
        "totalInitialMargin": margins["initialMargin"],
        "totalMaintMargin": margins["maintMargin"],
        "totalWalletBalance": margins["walletBalance"],
        "totalUnrealizedProfit": margins["unrealizedProfit"],
        "totalMarginBalance": margins["marginBalance"],
        "totalPositionInitialMargin": margins["positionInitialMargin"],
        "totalOpenOrderInitialMargin": margins["openOrderInitialMargin"],
        "totalCrossWalletBalance": margins["crossWalletBalance"],
        "totalCrossUnPnl": margins["crossUnPnl"],
        "availableBalance": margins["availableBalance"],
        "maxWithdrawAmount": margins["maxWithdrawAmount"],
        "assets": [asset],
        "positions": [_account_position(one, is_old=is_old) for one in positions],
    }
    if is_old:
        body |= {
            "feeTier": 0,
            "feeBurn": False,
            "canTrade": True,
            "canDeposit": True,
            "canWithdraw": True,
            "updateTime": 0,
            "multiAssetsMargin": has_multi_assets,
            "tradeGroupId": -1,
        }
    return body


def risk_row(one: Position, *, is_old: bool, max_notional: Decimal) -> Json:
    """Give a position as positionRisk shows it; the old form has leverage and margin type."""
    row: Json = {
        "symbol": one.symbol,
        "positionSide": one.position_side,
        "positionAmt": number(one.amount) if one.amount else "0.0",
        "entryPrice": number(_short(one.entry_price)) if one.entry_price else "0.0",
        "breakEvenPrice": number(_short(one.break_even_price)) if one.break_even_price else "0.0",
        "markPrice": money(one.mark_price),
        "unRealizedProfit": money(one.unrealized),
        "liquidationPrice": number(one.liquidation_price) if one.liquidation_price else "0",
        "notional": money(one.notional),
        "isolatedWallet": money(one.isolated_wallet) if one.isolated_wallet else "0",
        "updateTime": one.updated_ms,
    }
    isolated = one.isolated_wallet + one.unrealized if one.is_isolated else Decimal(0)
    if is_old:
        return row | {
            "leverage": str(one.leverage),
            "maxNotionalValue": number(max_notional),
            "marginType": "isolated" if one.is_isolated else "cross",
            "isolatedMargin": money(isolated),
            "isAutoAddMargin": "false",
        }
    return row | {
        "isolatedMargin": money(isolated) if isolated else "0",
        "marginAsset": ASSET,
        "initialMargin": money(one.initial_margin + one.order_margin),
        "maintMargin": money(one.maintenance_margin),
        "positionInitialMargin": money(one.initial_margin),
        "openOrderInitialMargin": money(one.order_margin) if one.order_margin else "0",
        "adl": one.adl,
        "bidNotional": number(one.bid_notional) if one.bid_notional else "0",
        "askNotional": number(one.ask_notional) if one.ask_notional else "0",
    }


def income_row(income: Income) -> Json:
    """Give one change of the wallet."""
    return {
        "symbol": income.symbol,
        "incomeType": income.kind,
        "income": money(income.amount),
        "asset": ASSET,
        "info": income.kind,
        "time": income.at_ms,
        "tranId": income.number,
        "tradeId": str(income.trade_id) if income.trade_id else "",
    }


def bracket_rows(grid: Instrument) -> list[Json]:
    """Give the margin brackets of a symbol; they are numbers on the wire."""
    return [
        {
            "bracket": index,
            "initialLeverage": one.max_leverage,
            "notionalCap": _whole(one.notional_cap),
            "notionalFloor": _whole(one.notional_floor),
            "maintMarginRatio": float(one.maintenance_rate),
            "cum": float(one.maintenance_deduction),
        }
        for index, one in enumerate(grid.brackets, 1)
    ]


def max_notional(grid: Instrument, leverage: int) -> Decimal:
    """Give the largest notional a leverage allows."""
    caps = [one.notional_cap for one in grid.brackets if one.max_leverage >= leverage]
    return Decimal(_whole(max(caps))) if caps else Decimal(0)


def _margins(wallet: Wallet) -> dict[str, str]:
    return {
        "walletBalance": money(wallet.balance),
        "unrealizedProfit": money(wallet.unrealized),
        "marginBalance": money(wallet.balance + wallet.unrealized),
        "maintMargin": money(wallet.maintenance_margin),
        "initialMargin": money(wallet.initial_margin + wallet.order_margin),
        "positionInitialMargin": money(wallet.initial_margin),
        "openOrderInitialMargin": money(wallet.order_margin),
        "crossWalletBalance": money(wallet.cross_balance),
        "crossUnPnl": money(wallet.cross_unrealized),
        "availableBalance": money(wallet.available),
        "maxWithdrawAmount": money(_withdrawable(wallet)),
    }


def _account_position(one: Position, *, is_old: bool) -> Json:
    row: Json = {
        "symbol": one.symbol,
        "positionSide": one.position_side,
        "positionAmt": number(one.amount),
        "unrealizedProfit": money(one.unrealized),
        "isolatedWallet": money(one.isolated_wallet) if one.isolated_wallet else "0",
        "notional": money(one.notional),
        "initialMargin": money(one.initial_margin + one.order_margin),
        "maintMargin": money(one.maintenance_margin),
        "updateTime": one.updated_ms,
    }
    if not is_old:
        return row | {"isolatedMargin": money(one.isolated_wallet)}
    return row | {
        "positionInitialMargin": money(one.initial_margin),
        "openOrderInitialMargin": money(one.order_margin),
        "leverage": str(one.leverage),
        "isolated": one.is_isolated,
        "entryPrice": number(_short(one.entry_price)),
        "breakEvenPrice": number(_short(one.break_even_price)),
        "maxNotional": "0",
        "bidNotional": number(one.bid_notional),
        "askNotional": number(one.ask_notional),
    }


def _withdrawable(wallet: Wallet) -> Decimal:
    return min(wallet.available, max(Decimal(0), wallet.balance))


def _short(price: Decimal) -> Decimal:
    short = price.normalize()
    exponent = short.as_tuple().exponent
    return short.quantize(Decimal("0.1")) if isinstance(exponent, int) and exponent > -1 else short


def _whole(amount: Decimal) -> int:
    return int(amount) if amount.is_finite() else 9_223_372_036_854_775_807
