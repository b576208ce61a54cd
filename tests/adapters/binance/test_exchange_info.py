import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.binance.exchange_info import read_instruments
from application.ports.candle_tape import TapeRefused

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
