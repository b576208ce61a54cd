"""Tests of writing candles to Parquet."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adapters.parquet.parquet_sink import DecimalPlaces, ParquetSink
from application.ports.candle_sink import SinkFailed
from domain.market.candle import Candle
from domain.market.timeframe import MINUTE_MS
from tests.tape_samples import START_MS, steady_candles, without_takers


def test_a_file_has_the_eleven_columns_and_tells_its_symbol(tmp_path: Path) -> None:
    path = tmp_path / "tape.parquet"
    sink = ParquetSink(path, DecimalPlaces(price=1, volume=0), note="drawn by hand")
    whole = [Candle(START_MS, 100.5, 101.0, 99.0, 100.0, 7.0, 3.0)]
    assert sink.write("BTCUSDT", 5 * MINUTE_MS, whole) == 1
    schema = pq.read_schema(path)
    assert schema.names == [
        "open_time_ms", "open", "high", "low", "close", "volume", "close_time_ms",
        "quote_volume", "trades", "taker_buy_volume", "taker_buy_quote_volume",
    ]  # fmt: skip
    assert schema.field("open").type == pa.decimal128(18, 1)
    assert schema.field("volume").type == pa.decimal128(18, 0)
    assert schema.metadata == {b"symbol": b"BTCUSDT", b"interval": b"5m", b"note": b"drawn by hand"}
    row = pq.read_table(path).to_pylist()[0]
    assert row["close_time_ms"] == START_MS + 5 * MINUTE_MS - 1
    assert row["trades"] is row["quote_volume"] is None
    assert str(row["open"]) == "100.5"


def test_an_unknown_taker_volume_is_null(tmp_path: Path) -> None:
    for places in (None, DecimalPlaces()):
        ParquetSink(tmp_path / "tape.parquet", places).write(
            "BTCUSDT", MINUTE_MS, without_takers(steady_candles(2))
        )
        assert pq.read_table(tmp_path / "tape.parquet").column("taker_buy_volume").null_count == 2


@pytest.mark.parametrize("wrong", [100.123, 99_999_999_999.0])
def test_a_number_that_does_not_fit_the_decimals_is_refused(tmp_path: Path, wrong: float) -> None:
    path = tmp_path / "tape.parquet"
    candle = steady_candles(1)[0]._replace(volume=wrong)
    with pytest.raises(SinkFailed, match=r"volume .* does not fit 18 digits"):
        ParquetSink(path, DecimalPlaces(volume=2 if wrong < 1_000 else 8)).write("X", MINUTE_MS, [candle])
    assert list(tmp_path.iterdir()) == []


def test_a_tape_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    def breaking_off() -> Iterator[Candle]:
        yield from steady_candles(3)
        raise KeyError("the tape tore")

    with pytest.raises(KeyError):
        ParquetSink(tmp_path / "tape.parquet").write("BTCUSDT", MINUTE_MS, breaking_off())
    assert list(tmp_path.iterdir()) == []
