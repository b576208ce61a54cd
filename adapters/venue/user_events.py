"""What the user stream says about the account."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from adapters.venue.exchange import Contract, News, Order, Position, Stop, Trade, Wallet
from adapters.venue.order_json import Json, average_text, money, number, price_text, size_text
from domain.market.instrument import Instrument


class UserEvent(NamedTuple):
    """One event of the user stream and its name."""

    name: str
    body: Json


def user_events_of(news: News, contracts: Mapping[str, Contract], now_ms: int) -> list[UserEvent]:
    """Give the events that one piece of news leads to."""
    if news.order is not None:
        return _order_events(news, news.order, contracts[news.symbol].instrument, now_ms)
    if news.stop is not None:
        return [_algo_update(news.stop, contracts[news.symbol].instrument, news.at_ms, now_ms)]
    if news.kind == "account" and news.wallet is not None:
        return [_account_update(news, news.wallet, now_ms)]
    if news.kind == "leverage":
        return [_config(news, now_ms, {"ac": {"s": news.symbol, "l": int(news.amount)}})]
    if news.kind == "assets_mode":
        return [_config(news, now_ms, {"ai": {"j": bool(news.amount)}})]
    if news.kind == "margin_call" and news.wallet is not None:
        return [_margin_call(news.wallet, news.positions, now_ms)]
    return []


def _order_events(news: News, order: Order, grid: Instrument, now_ms: int) -> list[UserEvent]:
    body: Json = {
        "s": order.symbol,
        "c": order.client_id,
        "S": order.side.name,
        "o": order.kind,
        "f": order.time_in_force,
        "q": size_text(order.quantity, grid),
        "p": price_text(order.price, grid) if order.price else "0",
        "ap": average_text(order.average_price, grid) if order.filled else "0",
        "sp": price_text(order.stop_price, grid) if order.stop_price else "0",
        "x": news.what,
        "X": order.status,
        "i": order.order_id,
        "l": "0",
        "z": size_text(order.filled, grid) if order.filled else "0",
        "L": "0",
        "n": "0",
        "N": "USDT",
        "T": news.at_ms,
        "t": 0,
        "b": number(news.bid_notional) if news.bid_notional else "0",
        "a": number(news.ask_notional) if news.ask_notional else "0",
        "m": False,
        "R": order.is_reduce_only,
        "wt": order.working_type,
        "ot": order.original_kind,
        "ps": order.position_side,
        "cp": order.closes_position,
        "rp": "0",
        "pP": order.is_price_protected,
        "si": 0,
        "ss": 0,
        "V": order.self_trade,
        "pm": order.price_match,
        "gtd": order.good_till_ms,
        "er": str(order.expiry_reason),
    }
    if news.what == "AMENDMENT" and order.modify_id:
        body["M"] = order.modify_id
    events = [UserEvent("ORDER_TRADE_UPDATE", _timed("ORDER_TRADE_UPDATE", news, now_ms) | {"o": body})]
    if news.trade is not None:
        _add_trade(body, news.trade, grid)
        events.insert(0, _trade_lite(order, news.trade, grid, now_ms))
    return events


def _add_trade(body: Json, trade: Trade, grid: Instrument) -> None:
    body["l"] = size_text(trade.quantity, grid)
    body["L"] = price_text(trade.price, grid)
    body["n"] = money(trade.fee)
    body["t"] = trade.trade_id
    body["m"] = trade.is_maker
    body["rp"] = money(trade.realized_pnl) if trade.realized_pnl else "0"


def _trade_lite(order: Order, trade: Trade, grid: Instrument, now_ms: int) -> UserEvent:
    body: Json = {
        "e": "TRADE_LITE",
        "E": now_ms,
        "T": trade.at_ms,
        "s": order.symbol,
        "q": size_text(order.quantity, grid),
        "p": price_text(order.price, grid) if order.price else "0",
        "m": trade.is_maker,
        "c": order.client_id,
        "S": order.side.name,
        "L": price_text(trade.price, grid),
        "l": size_text(trade.quantity, grid),
        "t": trade.trade_id,
        "i": order.order_id,
    }
    return UserEvent("TRADE_LITE", body)


def _algo_update(stop: Stop, grid: Instrument, at_ms: int, now_ms: int) -> UserEvent:
    body: Json = {
        "caid": stop.client_id,
        "aid": stop.algo_id,
        "at": "CONDITIONAL",
        "o": stop.kind,
        "s": stop.symbol,
        "S": stop.side.name,
        "ps": stop.position_side,
        "f": stop.time_in_force,
        "q": "0" if stop.closes_position else size_text(stop.quantity, grid),
        "X": stop.status,
        "ai": str(stop.actual_order_id) if stop.actual_order_id else "",
        "ap": f"{stop.average_price:.5f}",
        "aq": f"{stop.filled:.5f}",
        "act": stop.actual_kind or "0",
        "tp": price_text(stop.trigger_price, grid),
        "p": price_text(stop.price, grid) if stop.price else "0",
        "V": stop.self_trade,
        "wt": stop.working_type,
        "pm": stop.price_match,
        "cp": stop.closes_position,
        "pP": stop.is_price_protected,
        "R": stop.is_reduce_only,
        "tt": stop.triggered_ms,
        "gtd": stop.good_till_ms,
        "rm": stop.rejected_because,
        "ia": stop.is_activated,
    }
    return UserEvent("ALGO_UPDATE", {"e": "ALGO_UPDATE", "T": at_ms, "E": now_ms, "o": body})


def _account_update(news: News, wallet: Wallet, now_ms: int) -> UserEvent:
    body: Json = {"m": news.what}
    if news.what == "FUNDING_FEE":
        body["S"] = news.symbol
    is_about_balance = news.what != "MARGIN_TYPE_CHANGE"
    change = money(news.amount) if news.amount else "0"
    balance: Json = {
        "a": "USDT",
        "wb": money(wallet.balance),
        "cw": money(wallet.cross_balance),
        "bc": change,
    }
    body["B"] = [balance] if is_about_balance else []
    body["P"] = [_position(one) for one in news.positions]
    return UserEvent("ACCOUNT_UPDATE", _timed("ACCOUNT_UPDATE", news, now_ms) | {"a": body})


def _position(one: Position) -> Json:
    return {
        "s": one.symbol,
        "pa": number(one.amount) if one.amount else "0",
        "ep": number(one.entry_price.normalize()),
        "bep": number(one.break_even_price.normalize()),
        "cr": number(one.realized) if one.realized else "0",
        "up": money(one.unrealized) if one.unrealized else "0",
        "mt": "isolated" if one.is_isolated else "cross",
        "iw": money(one.isolated_wallet) if one.isolated_wallet else "0",
        "ps": one.position_side,
        "ma": "USDT",
    }


def _margin_call(wallet: Wallet, positions: Sequence[Position], now_ms: int) -> UserEvent:
    rows = [
        {
            "s": one.symbol,
            "ps": one.position_side,
            "pa": number(one.amount),
            "mt": "ISOLATED" if one.is_isolated else "CROSSED",
            "iw": money(one.isolated_wallet) if one.isolated_wallet else "0",
            "mp": number(one.mark_price),
            "up": money(one.unrealized),
            "mm": money(one.maintenance_margin),
        }
        for one in positions
    ]
    body: Json = {"e": "MARGIN_CALL", "E": now_ms, "cw": money(wallet.cross_balance), "p": rows}
    return UserEvent("MARGIN_CALL", body)


def _config(news: News, now_ms: int, change: Json) -> UserEvent:
    return UserEvent("ACCOUNT_CONFIG_UPDATE", _timed("ACCOUNT_CONFIG_UPDATE", news, now_ms) | change)


def _timed(name: str, news: News, now_ms: int) -> Json:
    return {"e": name, "T": news.at_ms, "E": now_ms}
