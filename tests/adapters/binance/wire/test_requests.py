"""Every request there is, and that candles are not among them."""

import inspect
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.wire import account_requests, market_requests, order_requests
from adapters.binance.wire.order_requests import TriggeredBy
from adapters.binance.wire.replies import SymbolBrackets
from adapters.binance.wire.reply_reader import ReplyUnreadable, list_or_one, reader_of
from adapters.binance.wire.request import Access, Request, encoded, parameters
from domain.orders.order import Order
from domain.orders.order_ids import is_valid_order_id
from tests.adapters.binance.wire.order_samples import ENTRY, EXIT, STOP, TARGET

_ARGUMENTS: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "order_id": ENTRY.order_id,
    "triggered_by": TriggeredBy.MARK,
    "countdown_ms": 120_000,
    "venue_order_id": 7,
    "leverage": 10,
    "is_isolated": True,
    "is_hedge": False,
}


def every_request() -> Iterator[tuple[str, Request[Any]]]:
    for module in (order_requests, account_requests, market_requests):
        for name, build in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or build.__module__ != module.__name__ or name == "is_resident":
                continue
            asked = inspect.signature(build).parameters
            given_order = STOP if "resident" in name else ENTRY
            arguments = {**_ARGUMENTS, "order": given_order}
            yield name, build(**{one: arguments[one] for one in asked if one in arguments})


def test_there_is_no_way_to_ask_for_candles() -> None:
    requests = list(every_request())
    assert len(requests) > 30
    for name, request in requests:
        assert "kline" not in f"{name} {request.path} {request.parameters}".lower()


def test_every_request_says_how_it_is_asked() -> None:
    for name, request in every_request():
        assert request.method in {"GET", "POST", "PUT", "DELETE"}, name
        assert request.path.startswith("/fapi/v"), name
        assert request.weight >= 0, name
        assert request.has_effect == (request.method != "GET"), name


def test_only_market_questions_need_no_key() -> None:
    open_to_all = {request.path for _, request in every_request() if request.access is Access.ANYONE}
    assert open_to_all == {
        "/fapi/v1/time",
        "/fapi/v1/exchangeInfo",
        "/fapi/v1/aggTrades",
        "/fapi/v1/premiumIndex",
    }
    keyed = {request.path for _, request in every_request() if request.access is Access.KEY_HOLDER}
    assert keyed == {"/fapi/v1/listenKey"}


def test_the_reserve_is_for_exits_and_for_finding_out_never_for_entries() -> None:
    protective = {name for name, request in every_request() if request.is_protective}
    assert {"cancel", "cancel_resident", "query", "query_resident", "place_resident"} <= protective
    assert "place" not in protective
    assert order_requests.place(EXIT).is_protective
    assert protective.isdisjoint({"exchange_info", "agg_trades", "income", "set_leverage"})


def test_an_entry_is_a_post_only_limit() -> None:
    request = order_requests.place(ENTRY)
    assert (request.method, request.path, request.is_order) == ("POST", "/fapi/v1/order", True)
    assert dict(request.parameters) == {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTX",
        "quantity": "0.500",
        "price": "91800.00",
        "newClientOrderId": ENTRY.order_id,
        "newOrderRespType": "RESULT",
    }


def test_an_exit_at_market_only_reduces_and_has_no_time_in_force() -> None:
    assert dict(order_requests.place(EXIT).parameters) == {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "type": "MARKET",
        "quantity": "0.5",
        "reduceOnly": "true",
        "newClientOrderId": EXIT.order_id,
        "newOrderRespType": "RESULT",
    }


@pytest.mark.parametrize(("order", "kind"), [(STOP, "STOP_MARKET"), (TARGET, "TAKE_PROFIT_MARKET")])
def test_stops_and_targets_go_to_the_algo_service_by_quantity(order: Order, kind: str) -> None:
    request = order_requests.place_resident(order, TriggeredBy.MARK)
    assert (request.method, request.path, request.is_order) == ("POST", "/fapi/v1/algoOrder", True)
    assert dict(request.parameters) == {
        "algoType": "CONDITIONAL",
        "symbol": "BTCUSDT",
        "side": "SELL",
        "type": kind,
        "triggerPrice": "90900.0",
        "workingType": "MARK_PRICE",
        "clientAlgoId": order.order_id,
        "newOrderRespType": "RESULT",
        "quantity": "0.5",
        "reduceOnly": "true",
    }


def test_a_stop_that_closes_all_names_neither_quantity_nor_reduce_only() -> None:
    asked = dict(order_requests.place_closing_resident(STOP, TriggeredBy.LAST).parameters)
    assert asked["closePosition"] == "true"
    assert asked["workingType"] == "CONTRACT_PRICE"
    assert asked.keys().isdisjoint({"quantity", "reduceOnly"})


def test_no_order_goes_to_the_wrong_service() -> None:
    assert order_requests.is_resident(STOP)
    assert not order_requests.is_resident(ENTRY)
    with pytest.raises(ValueError, match="algo service"):
        order_requests.place(STOP)
    with pytest.raises(ValueError, match="algo service"):
        order_requests.place_resident(ENTRY, TriggeredBy.MARK)


def test_orders_are_named_by_our_own_id() -> None:
    assert dict(order_requests.cancel("BTCUSDT", "a-e").parameters)["origClientOrderId"] == "a-e"
    assert order_requests.query_resident("a-s1").parameters == (("clientAlgoId", "a-s1"),)


def test_a_list_of_everything_costs_forty() -> None:
    assert order_requests.open_orders().weight == 40
    assert order_requests.open_orders("BTCUSDT").weight == 1
    assert order_requests.open_residents().parameters == ()


def test_trades_are_asked_for_from_a_trade_on_or_by_time() -> None:
    with pytest.raises(ValueError, match="not both"):
        account_requests.user_trades("BTCUSDT", from_id=1, since_ms=1)
    asked = dict(account_requests.user_trades("BTCUSDT", since_ms=1, until_ms=2).parameters)
    assert asked == {"symbol": "BTCUSDT", "startTime": "1", "endTime": "2", "limit": "1000"}


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("1e-12"), max_value=10**15))
def test_a_number_is_written_plainly_and_exactly(number: Decimal) -> None:
    ((_, text),) = parameters(price=number)
    assert "e" not in text.lower()
    assert Decimal(text) == number


@given(
    st.lists(
        st.tuples(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))
    )
)
def test_parameters_survive_their_encoding(asked: list[tuple[str, str]]) -> None:
    from urllib.parse import parse_qsl  # noqa: PLC0415 - the referee of this one test

    text = encoded(tuple(asked))
    assert text.isascii()
    assert " " not in text
    assert parse_qsl(text, keep_blank_values=True, strict_parsing=bool(asked)) == asked


def test_a_symbol_in_chinese_is_percent_encoded() -> None:
    assert encoded(parameters(symbol="币安USDT")) == "symbol=%E5%B8%81%E5%AE%89USDT"


def test_the_ids_of_the_samples_are_ones_the_venue_takes() -> None:
    assert all(is_valid_order_id(order.order_id) for order in (ENTRY, EXIT, STOP, TARGET))


def test_a_placed_order_is_read_without_the_fields_that_are_gone() -> None:
    told = {
        "orderId": 70012345678, "symbol": "BTCUSDT", "status": "NEW", "clientOrderId": "a-e",
        "price": "91800.00", "origQty": "0.500", "executedQty": "0.000", "timeInForce": "GTX",
        "type": "LIMIT", "reduceOnly": False, "side": "BUY", "positionSide": "BOTH", "updateTime": 1,
    }  # fmt: skip
    read = order_requests.place(ENTRY).read(json.dumps(told).encode())
    assert (read.order_id, read.executed_qty, read.avg_price) == (70012345678, Decimal("0.000"), None)
    with_price = order_requests.query("BTCUSDT", "a-e").read(
        json.dumps({**told, "avgPrice": "91800.1", "cumQuote": "5"}).encode()
    )
    assert with_price.avg_price == Decimal("91800.1")


def test_an_algo_order_is_read_whatever_type_its_numbers_have() -> None:
    told = {
        "algoId": 3,
        "clientAlgoId": "a-s1",
        "algoStatus": "TRIGGERED",
        "actualOrderId": "80",
        "code": "200",
    }
    assert order_requests.query_resident("a-s1").read(json.dumps(told).encode()).actual_order_id == "80"
    assert order_requests.cancel_resident("a-s1").read(json.dumps(told).encode()).code == 200


def test_a_listen_key_is_read_and_not_printed() -> None:
    reply = account_requests.create_listen_key().read(b'{"listenKey":"Kx9"}')
    assert reply.listen_key.reveal() == "Kx9"
    assert "Kx9" not in repr(reply)
    with pytest.raises(ReplyUnreadable, match="a key is a text"):
        account_requests.create_listen_key().read(b'{"listenKey":9}')


def test_brackets_come_as_a_list_or_alone() -> None:
    step = b'{"bracket":1,"initialLeverage":125,"notionalCap":3,"notionalFloor":0,"maintMarginRatio":0.004}'
    one = b'{"symbol":"BTCUSDT","brackets":[' + step + b"]}"
    read = list_or_one(SymbolBrackets)
    assert read(one) == read(b" [" + one + b"]")
    assert read(one)[0].brackets[0].maint_margin_ratio == Decimal("0.004")


def test_a_reply_that_is_none_says_where_and_not_what() -> None:
    with pytest.raises(ReplyUnreadable) as raised:
        reader_of(tuple[SymbolBrackets, ...])(b'[{"symbol":"very-secret","brackets":7}]')
    assert "very-secret" not in str(raised.value)


@given(st.binary())
def test_no_bytes_make_a_reader_raise_anything_else(body: bytes) -> None:
    for _, request in every_request():
        try:
            request.read(body)
        except ReplyUnreadable:
            continue
