import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.binance.wire.kline import ContinuousKline
from adapters.binance.wire.market_events import (
    AggTrade,
    BookTicker,
    ContractInfo,
    DepthUpdate,
    ForceOrder,
    MarkPrice,
    MiniTicker,
    Ticker,
    Trade,
)
from adapters.binance.wire.market_frames import MarketFrame, OtherMarket, read_market_frame
from adapters.binance.wire.other_frames import (
    Acknowledged,
    ControlRefused,
    Malformed,
    ServerShutdown,
    Unknown,
)

BAR = {
    "t": 1795305600000, "T": 1795305659999, "i": "1m", "f": 8850012300, "L": 8850098811, "o": "91850.10",
    "c": "91872.40", "h": "91890.00", "l": "91841.30", "v": "142.318", "n": 1321, "x": True,
    "q": "13073912.4471", "V": "80.120", "Q": "7360611.8840", "B": "0",
}  # fmt: skip
MARK = {
    "e": "markPriceUpdate", "E": 1795305602000, "s": "BTCUSDT", "p": "91849.55000000", "ap": "91849.1",
    "i": "91855.12065217", "P": "91860.00120000", "r": "0.00010000", "T": 1795334400000, "st": 1,
}  # fmt: skip
LIQUIDATION = {
    "s": "BTCUSDT", "S": "SELL", "o": "LIMIT", "f": "IOC", "q": "0.140", "p": "91300.00", "ap": "91412.33",
    "X": "FILLED", "l": "0.020", "z": "0.140", "T": 1795305602991,
}  # fmt: skip
EVENTS: dict[type, dict[str, Any]] = {
    ContinuousKline: {
        "e": "continuous_kline", "E": 1795305660020, "ps": "BTCUSDT", "ct": "PERPETUAL", "k": BAR,
    },
    AggTrade: {
        "e": "aggTrade", "E": 1795305601210, "a": 3210045001, "s": "BTCUSDT", "p": "91851.00", "q": "0.250",
        "nq": "0.200", "f": 6123400130, "l": 6123400133, "T": 1795305601104, "m": False, "st": 1,
    },
    Trade: {
        "e": "trade", "E": 1771263510064, "T": 1771263510064, "s": "BTCUSDT", "t": 7297376207,
        "p": "68005.00", "q": "0.100", "X": "MARKET", "m": True,
    },
    BookTicker: {
        "e": "bookTicker", "u": 9100200300400, "E": 1795305601217, "T": 1795305601212, "s": "BTCUSDT",
        "ps": "BTCUSDT", "b": "91850.90", "B": "4.112", "a": "91851.00", "A": "2.030", "st": 1,
    },
    MarkPrice: MARK,
    DepthUpdate: {
        "e": "depthUpdate", "E": 1795305601300, "T": 1795305601292, "s": "BTCUSDT", "ps": "BTCUSDT", "st": 1,
        "U": 9100200300401, "u": 9100200300455, "pu": 9100200300400,
        "b": [["91850.90", "3.990"], ["91840.00", "0"]], "a": [["91851.00", "2.500"]],
    },
    ForceOrder: {"e": "forceOrder", "E": 1795305603000, "ps": "BTCUSDT", "st": 1, "o": LIQUIDATION},
    ContractInfo: {
        "e": "contractInfo", "E": 1795305604000, "s": "XYZUSDT", "ps": "XYZUSDT", "ct": "PERPETUAL",
        "dt": 4133404800000, "ot": 1795392000000, "cs": "PENDING_TRADING", "st": 1,
        "bks": [{"bs": 1, "bnf": 0, "bnc": 5000, "mmr": 0.01, "cf": 0, "mi": 21, "ma": 50}],
    },
    Ticker: {
        "e": "24hrTicker", "E": 1, "s": "BTCUSDT", "ps": "BTCUSDT", "st": 1, "p": "-1.5", "P": "-0.1",
        "w": "1", "c": "91850.9", "Q": "1", "o": "1", "h": "1", "l": "1", "v": "142318.1", "q": "1307391.1",
        "O": 1, "C": 2, "F": 3, "L": 4, "n": 5,
    },
    MiniTicker: {
        "e": "24hrMiniTicker", "E": 1, "s": "BTCUSDT", "ps": "BTCUSDT", "st": 1, "c": "91850.9", "o": "1",
        "h": "1", "l": "1", "v": "142318.1", "q": "1307391.1",
    },
}  # fmt: skip


def read(told: object) -> Any:  # noqa: ANN401 - what it is, is what each test asks
    return read_market_frame(json.dumps(told, separators=(",", ":")).encode())


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_every_event_is_read_wrapped_and_bare(kind: type) -> None:
    bare, wrapped = read(EVENTS[kind]), read({"stream": "x@y", "data": EVENTS[kind]})
    assert type(bare.data) is kind
    assert (bare.stream, wrapped.stream) == ("", "x@y")
    assert bare.data == wrapped.data


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_new_fields_and_another_order_of_fields_change_nothing(kind: type) -> None:
    told = EVENTS[kind]
    turned = {"brandNew": {"a": [1]}, **dict(reversed(told.items()))}
    assert read(turned).data == read(told).data
    assert read({"data": turned, "stream": "x@y"}).stream == "x@y"


def test_figures_are_what_the_wire_says() -> None:
    assert read(EVENTS[BookTicker]).data == BookTicker(
        at_ms=1795305601217,
        symbol="BTCUSDT",
        bid=91850.9,
        bid_quantity=4.112,
        ask=91851.0,
        ask_quantity=2.03,
        update_id=9100200300400,
        traded_at_ms=1795305601212,
    )
    assert read(EVENTS[AggTrade]).data.quantity == Decimal("0.250")
    assert read(EVENTS[DepthUpdate]).data.bids == [(91850.9, 3.99), (91840.0, 0.0)]
    assert read(EVENTS[ContractInfo]).data.brackets[0].maintenance_rate == Decimal("0.01")


def test_rows_of_the_other_market_are_left_out() -> None:
    rows = [MARK, {**MARK, "s": "BTCUSD_PERP", "st": 2}, {**MARK, "s": "ETHUSDT"}]
    for told in (rows, {"stream": "!markPrice@arr@1s", "data": rows}):
        assert [row.symbol for row in read(told).data] == ["BTCUSDT", "ETHUSDT"]


def test_a_single_event_of_the_other_market_is_none_of_ours() -> None:
    coin_margined = {**EVENTS[ContractInfo], "st": 2}
    assert read({"stream": "!contractInfo", "data": coin_margined}) == OtherMarket("!contractInfo")
    inside = {"e": "forceOrder", "E": 1, "o": {**LIQUIDATION, "st": 2}}
    assert read(inside) == OtherMarket("")


def test_one_odd_row_does_not_spoil_the_others() -> None:
    told = read([MARK, {"e": "brandNew"}, {**MARK, "p": "nonsense"}])
    assert [row.symbol for row in told.data] == ["BTCUSDT"]
    assert told.unread_rows == 2


def test_rows_that_are_all_unknown_are_unknown() -> None:
    assert read([{"e": "assetIndexUpdate"}, {"e": "assetIndexUpdate"}]) == Unknown("assetIndexUpdate")
    assert read([]) == MarketFrame("", [])


@pytest.mark.parametrize("rate", ["", "0", "-0.00004435"])
def test_a_contract_without_funding_still_has_a_mark_price(rate: str) -> None:
    told = read({**MARK, "r": rate, "T": 0}).data
    assert (told.price, told.funding_rate_text, told.next_funding_ms) == (91849.55, rate, 0)


def test_an_unknown_status_is_just_a_word() -> None:
    assert read({**EVENTS[ContractInfo], "cs": "BRAND_NEW"}).data.status == "BRAND_NEW"


def test_an_unknown_event_is_told_by_its_kind() -> None:
    assert read({"e": "compositeIndex", "E": 1}) == Unknown("compositeIndex")
    assert read({"stream": "a", "data": {"e": "compositeIndex"}}) == Unknown("compositeIndex")
    assert read({"stream": "a", "data": {"no": "e"}}) == Unknown("")


@pytest.mark.parametrize("price", ["nan", "inf", "-1", "1e400", "", "x", None, [], {}])
def test_what_is_no_price_makes_the_frame_malformed(price: object) -> None:
    assert isinstance(read({**MARK, "p": price}), Malformed)
    assert isinstance(read({"stream": "a", "data": {**MARK, "p": price}}), Malformed)


def test_a_reason_names_the_place_and_not_the_content() -> None:
    told = read({**MARK, "p": "listen-key-in-a-wrong-place"})
    assert told == Malformed("Expected `float`, got `str` - at `$.p`")


def test_answers_to_control_messages_are_read_in_both_shapes() -> None:
    assert read({"result": None, "id": 7}) == Acknowledged(7)
    assert read({"result": True, "id": "6f9619ff"}) == Acknowledged("6f9619ff")
    assert read({"result": ["ethusdt@kline_1m"], "id": 9}) == Acknowledged(9, ("ethusdt@kline_1m",))
    assert read({"code": 2, "msg": "Invalid request: x"}) == ControlRefused(None, 2, "Invalid request: x")
    nested = {"error": {"code": 4, "msg": "Too many subscriptions"}, "id": 12}
    assert read(nested) == ControlRefused(12, 4, "Too many subscriptions")


def test_a_server_that_is_about_to_go_says_so_in_either_shape() -> None:
    assert read({"event": {"e": "serverShutdown"}}) == ServerShutdown()
    assert read({"e": "serverShutdown", "E": 1}) == ServerShutdown()
    assert read({"stream": "a", "data": {"e": "serverShutdown"}}) == ServerShutdown()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["kline", "nan"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*"eEskpTtochlvVxubBaAU", "data", "stream", "st"]), inner, max_size=8
        )
    ),
    max_leaves=20,
)


@given(st.binary())
@example(b"[" * 100_000)
@example(b'{"stream":"a","data":' * 50_000)
@example(b'{"data":{"e":"kline","k":' + b"[" * 100_000)
@example(b'{"e":"\xff"}')
@example(b'{"stream":"a","data":[1,{"e":"\xff"}]}')
def test_no_bytes_ever_raise(frame: bytes) -> None:
    read_market_frame(frame)


@given(_JSON)
def test_no_json_ever_raises(told: object) -> None:
    read(told)


@given(st.sampled_from([*EVENTS]), st.data())
def test_no_event_with_one_odd_value_ever_raises(kind: type, data: st.DataObject) -> None:
    told = EVENTS[kind]
    spoilt = {**told, data.draw(st.sampled_from([*told])): data.draw(_JSON)}
    assert type(read(spoilt)) in {MarketFrame, OtherMarket, Malformed, Unknown, ServerShutdown}


@given(st.sampled_from([*EVENTS]), st.data())
def test_no_frame_cut_anywhere_ever_raises(kind: type, data: st.DataObject) -> None:
    frame = json.dumps({"stream": "a", "data": EVENTS[kind]}).encode()
    cut = frame[: data.draw(st.integers(0, len(frame) - 1))]
    assert isinstance(read_market_frame(cut), Malformed)
