import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.binance.exchange_info import (
    brackets_of,
    changed_brackets,
    contracts_of,
    instrument_of,
    read_instruments,
)
from adapters.binance.wire.market_events import ContractBracket, ContractInfo
from adapters.binance.wire.market_requests import exchange_info, leverage_brackets
from adapters.binance.wire.replies import SymbolBrackets
from adapters.binance.wire.symbol_rules import ExchangeInfo
from application.ports.candle_tape import TapeRefused
from domain.market.leverage_bracket import CAUTIOUS_BRACKETS

BITCOIN: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "pricePrecision": 2,
    "filters": [
        {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "1000", "stepSize": "0.001"},
        {"filterType": "MARKET_LOT_SIZE", "minQty": "0.001", "maxQty": "120", "stepSize": "0.001"},
        {"filterType": "PRICE_FILTER", "minPrice": "261.10", "maxPrice": "809484", "tickSize": "0.10"},
        {"filterType": "MIN_NOTIONAL", "notional": "50"},
        {"filterType": "MAX_NUM_ORDERS", "limit": 200},
        {"filterType": "SOMETHING_NEW", "odd": True},
    ],
}


def put(path: Path, symbols: list[dict[str, Any]]) -> Path:
    content = json.dumps({"timezone": "UTC", "symbols": symbols}).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["exchangeInfo.json", "exchangeInfo.json.gz"])
def test_filters_are_read_by_their_type_and_unknown_ones_ignored(tmp_path: Path, name: str) -> None:
    bitcoin = read_instruments(put(tmp_path / name, [BITCOIN]))["BTCUSDT"]
    assert (bitcoin.tick, bitcoin.lot) == (Decimal("0.1"), Decimal("0.001"))
    assert (bitcoin.min_quantity, bitcoin.max_quantity) == (Decimal("0.001"), Decimal(1000))
    assert (bitcoin.max_market_quantity, bitcoin.min_notional) == (Decimal(120), Decimal(50))


def test_the_order_of_the_filters_does_not_matter(tmp_path: Path) -> None:
    turned = {**BITCOIN, "filters": BITCOIN["filters"][::-1]}
    one, other = (read_instruments(put(tmp_path / "e.json", [told])) for told in (BITCOIN, turned))
    assert one == other


def test_without_a_rule_of_their_own_market_orders_obey_the_lot_size(tmp_path: Path) -> None:
    filters = [rule for rule in BITCOIN["filters"] if rule["filterType"] != "MARKET_LOT_SIZE"]
    read = read_instruments(put(tmp_path / "e.json", [{**BITCOIN, "filters": filters}]))
    assert read["BTCUSDT"].max_market_quantity == Decimal(1000)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"symbols": [{"symbol": "X", "filters": []}]}', b"{"])
def test_what_is_no_exchange_info_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(content)
    with pytest.raises(TapeRefused, match=r"odd\.json: is no exchangeInfo"):
        read_instruments(path)


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "e.json.gz", [BITCOIN])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(TapeRefused, match="is no exchangeInfo"):
        read_instruments(path)


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_instruments(tmp_path / "nowhere.json")


def test_the_real_venue_is_read_whole(market_data: Path) -> None:
    instruments = read_instruments(market_data / "ref" / "um-exchangeInfo-20210721.json.gz")
    assert len(instruments) == 122
    assert all(one.tick > 0 and one.lot > 0 and one.min_notional > 0 for one in instruments.values())


PERPETUAL: dict[str, Any] = {
    **BITCOIN,
    "contractType": "PERPETUAL",
    "status": "TRADING",
    "underlyingType": "COIN",
    "marginAsset": "USDT",
    "triggerProtect": "0.0500",
    "filters": [
        *BITCOIN["filters"],
        {
            "filterType": "PERCENT_PRICE",
            "multiplierUp": "1.0500",
            "multiplierDown": "0.9500",
            "multiplierDecimal": 4,
        },
    ],
}
BRACKETS = b"""[{"symbol":"BTCUSDT","notionalCoef":1.5,"brackets":[
 {"bracket":2,"initialLeverage":100,"notionalCap":800000,"notionalFloor":300000,"maintMarginRatio":0.005,"cum":300.0},
 {"bracket":1,"initialLeverage":125,"notionalCap":300000,"notionalFloor":0,"maintMarginRatio":0.004,"cum":0.0}]}]"""


def told(*symbols: dict[str, Any]) -> ExchangeInfo:
    return exchange_info().read(json.dumps({"serverTime": 1, "symbols": symbols}).encode())


def test_a_symbol_comes_with_its_band_around_the_mark_price() -> None:
    bitcoin = contracts_of(told(PERPETUAL)).instruments["BTCUSDT"]
    assert (bitcoin.lowest_sell_to_mark, bitcoin.highest_buy_to_mark) == (Decimal("0.95"), Decimal("1.05"))
    assert (bitcoin.min_price, bitcoin.max_price) == (Decimal("261.10"), Decimal(809484))
    assert bitcoin.trigger_gap_to_mark == Decimal("0.05")


def test_a_symbol_without_a_band_has_none() -> None:
    (symbol,) = told(BITCOIN).symbols
    rules = instrument_of(symbol)
    assert (rules.lowest_sell_to_mark, rules.highest_buy_to_mark) == (Decimal(0), Decimal("Infinity"))
    assert rules.trigger_gap_to_mark == Decimal("Infinity")


def test_what_is_entered_by_a_limit_can_be_closed_at_market() -> None:
    coarse = {"filterType": "MARKET_LOT_SIZE", "minQty": "0.05", "maxQty": "120", "stepSize": "0.010"}
    filters = [rule for rule in BITCOIN["filters"] if rule["filterType"] != "MARKET_LOT_SIZE"]
    (symbol,) = told({**BITCOIN, "filters": [*filters, coarse]}).symbols
    rules = instrument_of(symbol)
    assert (rules.lot, rules.min_quantity) == (Decimal("0.01"), Decimal("0.05"))


def test_brackets_are_exact_and_in_order() -> None:
    brackets = leverage_brackets().read(BRACKETS)
    rules = contracts_of(told(PERPETUAL), brackets).instruments["BTCUSDT"]
    assert [step.max_leverage for step in rules.brackets] == [125, 100]
    assert rules.brackets[0].maintenance_rate == Decimal("0.004")
    assert rules.brackets[1].maintenance_deduction == Decimal(300)
    assert contracts_of(told(PERPETUAL)).instruments["BTCUSDT"].brackets == CAUTIOUS_BRACKETS
    assert brackets_of(SymbolBrackets("BTCUSDT", ())) == CAUTIOUS_BRACKETS


def test_brackets_that_change_while_we_trade_are_read() -> None:
    step = ContractBracket(Decimal(0), Decimal(5000), Decimal("0.01"), Decimal(0), 50)
    (bracket,) = changed_brackets(ContractInfo(1, "XYZUSDT", "TRADING", brackets=(step,))) or ()
    assert (bracket.notional_cap, bracket.max_leverage) == (Decimal(5000), 50)
    assert changed_brackets(ContractInfo(1, "XYZUSDT", "SETTLING")) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"contractType": "CURRENT_QUARTER"}, "contract type CURRENT_QUARTER"),
        ({"contractType": "TRADIFI_PERPETUAL"}, "contract type TRADIFI_PERPETUAL"),
        ({"underlyingType": "INDEX"}, "underlying INDEX"),
        ({"marginAsset": "USDC"}, "margin asset USDC"),
        ({"status": "SETTLING"}, "status SETTLING"),
        ({"status": "BRAND_NEW"}, "status BRAND_NEW"),
        ({"filters": []}, "its rules are incomplete: 'PRICE_FILTER'"),
        (
            {"filters": [{**rule, "tickSize": "0"} for rule in PERPETUAL["filters"]]},
            "its rules are incomplete: BTCUSDT has no grid",
        ),
    ],
)
def test_what_we_do_not_trade_is_left_out_with_the_reason(change: dict[str, Any], why: str) -> None:
    other = {**PERPETUAL, "symbol": "ETHUSDT"}
    contracts = contracts_of(told({**PERPETUAL, **change}, other))
    assert contracts.left_out == {"BTCUSDT": why}
    assert list(contracts.instruments) == ["ETHUSDT"]


def test_a_symbol_in_chinese_is_one_like_any_other() -> None:
    assert "币安USDT" in contracts_of(told({**PERPETUAL, "symbol": "币安USDT"})).instruments


def test_the_real_venues_brackets_are_read_whole(market_data: Path) -> None:
    text = gzip.decompress((market_data / "ref" / "um-leverageBracket-2026-09.json.gz").read_bytes())
    brackets = leverage_brackets().read(text)
    assert sum(len(one.brackets) for one in brackets) == 7276
    for one in brackets:
        steps = brackets_of(one)
        floors = [step.notional_floor for step in steps]
        assert floors == sorted(floors)
        assert all(step.max_leverage >= 1 for step in steps)


def test_of_the_real_venues_symbols_the_perpetuals_on_coins_are_traded(market_data: Path) -> None:
    content = (market_data / "ref" / "um-exchangeInfo-20210721.json.gz").read_bytes()
    contracts = contracts_of(exchange_info().read(gzip.decompress(content)))
    assert len(contracts.instruments) + len(contracts.left_out) == 122
    assert {"BTCUSDT", "ETHUSDT"} <= contracts.instruments.keys()
    assert not any("_" in symbol for symbol in contracts.instruments)
