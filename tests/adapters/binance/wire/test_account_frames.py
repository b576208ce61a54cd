import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.binance.wire.account_events import (
    AccountConfigUpdate,
    AssetsModeTold,
    LeverageTold,
    ListenKeyExpired,
    MarginCall,
    OrderTradeUpdate,
    TriggerRejected,
)
from adapters.binance.wire.account_frames import read_account_frame
from adapters.binance.wire.other_frames import Malformed, ServerShutdown, Unknown
from adapters.binance.wire.secret import Secret
from tests.adapters.binance.wire.account_samples import ORDER, event, order


def test_an_order_report_is_read_in_exact_numbers() -> None:
    told = order(x="TRADE", X="FILLED", l="0.500", z="0.500", L="91800.10", n="9.18", i=2**60 + 1)
    assert isinstance(told, OrderTradeUpdate)
    report = told.order
    assert (report.last_price, report.fee, report.venue_order_id) == (
        Decimal("91800.10"),
        Decimal("9.18"),
        2**60 + 1,
    )


def test_the_name_of_a_wrapped_stream_is_a_secret_and_left_out() -> None:
    inner = {"e": "ORDER_TRADE_UPDATE", "E": 1, "T": 1, "o": ORDER}
    read = read_account_frame(json.dumps({"stream": "Kx9", "data": inner}).encode())
    assert read == event(inner)
    assert "Kx9" not in repr(read)


@pytest.mark.parametrize("at_ms", [1795309200123, "1795309200123"])
def test_an_expired_key_is_told_but_not_printed(at_ms: object) -> None:
    told = event({"e": "listenKeyExpired", "E": at_ms, "listenKey": "Kx9"})
    assert told == ListenKeyExpired(1795309200123, Secret("Kx9"))
    assert "Kx9" not in repr(told)


def test_a_key_that_is_no_text_is_malformed() -> None:
    assert isinstance(read_account_frame(b'{"e":"listenKeyExpired","E":1,"listenKey":7}'), Malformed)


def test_the_rarer_events_are_read() -> None:
    call = event(
        {
            "e": "MARGIN_CALL", "E": 1, "cw": "3.168",
            "p": [{"s": "ETHUSDT", "ps": "BOTH", "pa": "1.327", "mt": "CROSSED", "mp": "3187", "mm": "1.6"}],
        }
    )  # fmt: skip
    assert isinstance(call, MarginCall)
    assert call.positions[0].maintenance_margin == Decimal("1.6")
    leverage = event({"e": "ACCOUNT_CONFIG_UPDATE", "E": 1, "T": 1, "ac": {"s": "BTCUSDT", "l": 10}})
    assert leverage == AccountConfigUpdate(1, LeverageTold("BTCUSDT", 10))
    mode = event({"e": "ACCOUNT_CONFIG_UPDATE", "E": 1, "T": 1, "ai": {"j": True}})
    assert mode == AccountConfigUpdate(1, None, AssetsModeTold(is_multi_assets=True))
    refused = event({"e": "CONDITIONAL_ORDER_TRIGGER_REJECT", "E": 1, "or": {"s": "X", "i": 5, "r": "why"}})
    assert isinstance(refused, TriggerRejected)


@pytest.mark.parametrize("kind", ["STRATEGY_UPDATE", "GRID_UPDATE", "BRAND_NEW"])
def test_events_nobody_needs_are_unknown(kind: str) -> None:
    assert read_account_frame(json.dumps({"e": kind, "E": 1, "su": {}}).encode()) == Unknown(kind)


def test_a_server_about_to_go_says_so_here_too() -> None:
    assert read_account_frame(b'{"event":{"e":"serverShutdown"}}') == ServerShutdown()


@pytest.mark.parametrize("price", ["NaN", "Infinity", "1e99999", "1e-99999", "x", None, []])
def test_what_is_no_money_makes_the_frame_malformed(price: object) -> None:
    told = {"e": "ORDER_TRADE_UPDATE", "E": 1, "o": {**ORDER, "L": price}}
    assert isinstance(read_account_frame(json.dumps(told).encode()), Malformed)
    lite = {"e": "TRADE_LITE", "E": 1, "s": "B", "c": "x", "t": 1, "i": 2, "L": price, "l": "1"}
    assert isinstance(read_account_frame(json.dumps(lite).encode()), Malformed)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ORDER, "e"]), inner),
    max_leaves=10,
)


@given(st.binary())
@example(b'{"data":' * 50_000)
@example(b'{"data":{"e":"TRADE_LITE","s":"\xff"}}')
def test_no_bytes_ever_raise(frame: bytes) -> None:
    read_account_frame(frame)


@given(st.sampled_from([*ORDER]), _JSON)
def test_no_report_with_one_odd_value_ever_raises(name: str, value: object) -> None:
    told = {"e": "ORDER_TRADE_UPDATE", "E": 1, "o": {**ORDER, name: value}}
    assert type(read_account_frame(json.dumps(told).encode())) in {OrderTradeUpdate, Malformed}


def test_single_account_messages_of_the_real_venue_are_read(market_data: Path) -> None:
    for line in (market_data / "ws" / "um-single-messages.jsonl").read_text().splitlines():
        told = json.loads(line)
        if told["kind"].startswith(("user", "combined user")):
            read = read_account_frame(json.dumps(told["msg"]).encode())
            assert not isinstance(read, Malformed | Unknown), told["kind"]
