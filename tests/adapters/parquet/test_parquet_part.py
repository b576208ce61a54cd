from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adapters.native.candle_run import NativeRunMaker
from adapters.parquet.parquet_part import BATCH, ParquetPart
from adapters.parquet.parquet_sink import DecimalPlaces, ParquetSink
from application.ports.candle_tape import TapeRefused
from application.recorded_tape import RecordedTape
from domain.market.tape_audit import RepairPolicy, TapeRemark
from domain.market.timeframe import MINUTE_MS
from tests.tape_samples import START_MS, same_candles, steady_candles, without_takers, written_parquet


def tape_of(
    *paths: Path, symbol: str | None = None, policy: RepairPolicy = RepairPolicy.STANDARD
) -> RecordedTape:
    return RecordedTape([ParquetPart(path, symbol) for path in paths], policy)


def refusal_of(*paths: Path, symbol: str | None = None) -> TapeRefused:
    with pytest.raises(TapeRefused) as caught:
        list(tape_of(*paths, symbol=symbol).candles())
    return caught.value


def rewritten(path: Path, change: Callable[[pa.Table], pa.Table]) -> Path:
    pq.write_table(change(pq.read_table(path)), path)
    return path


@pytest.mark.parametrize("places", [None, DecimalPlaces(), DecimalPlaces(price=2, volume=2)])
def test_what_was_written_is_read_to_the_last_bit(tmp_path: Path, places: DecimalPlaces | None) -> None:
    candles = steady_candles(50)
    ParquetSink(tmp_path / "tape.parquet", places).write("BTCUSDT", MINUTE_MS, candles)
    tape = tape_of(tmp_path / "tape.parquet")
    assert (tape.symbol, tape.step_ms, tape.length) == ("BTCUSDT", MINUTE_MS, 50)
    assert same_candles(list(tape.candles()), candles)


@pytest.mark.parametrize("places", [None, DecimalPlaces()])
def test_a_file_without_taker_volume_gives_nan(tmp_path: Path, places: DecimalPlaces | None) -> None:
    candles = without_takers(steady_candles(5))
    ParquetSink(tmp_path / "tape.parquet", places).write("BTCUSDT", MINUTE_MS, candles)
    assert same_candles(list(tape_of(tmp_path / "tape.parquet").candles()), candles)


def test_columns_that_are_not_there_at_all_are_unknown(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "tape.parquet", steady_candles(5))
    rewritten(path, lambda table: table.drop_columns(["taker_buy_volume", "close_time_ms"]))
    reading = tape_of(path).read()
    assert same_candles(list(reading.candles), without_takers(steady_candles(5)))
    assert reading.audit.count(TapeRemark.ODD_CLOSE_TIME) == 0


def test_a_window_skips_row_groups_and_still_names_rows_of_the_file(tmp_path: Path) -> None:
    candles = steady_candles(BATCH + 100)
    path = written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", candles)
    pq.write_table(pq.read_table(path), path, row_group_size=1_000)
    tape = tape_of(path)
    window = (START_MS + 5_010 * MINUTE_MS, START_MS + 7_000 * MINUTE_MS)
    assert list(tape.candles(*window)) == candles[5_010:7_000]
    spoiled = [*candles[:6_000], candles[6_000]._replace(low=-1.0), *candles[6_001:]]
    written_parquet(path, spoiled)
    with pytest.raises(TapeRefused) as refused:
        list(tape_of(path).candles(*window))
    assert refused.value.row == 6_001


def test_symbol_and_length_of_a_candle_come_from_the_name_when_the_schema_is_silent(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "ETHUSDT-5m-2024.parquet", steady_candles(1))
    rewritten(path, lambda table: table.replace_schema_metadata(None))
    tape = tape_of(path)
    assert (tape.symbol, tape.step_ms) == ("ETHUSDT", 5 * MINUTE_MS)


def test_length_of_a_candle_is_the_commonest_difference_when_nobody_tells(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "tape.parquet", [*steady_candles(3), *steady_candles(3)[2:]])
    rewritten(path, lambda table: table.replace_schema_metadata(None))
    assert tape_of(path, symbol="ETHUSDT").step_ms == MINUTE_MS
    assert "the symbol is not in the file's name" in str(refusal_of(path))


def test_a_file_of_another_symbol_is_refused(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", steady_candles(3), "ETHUSDT")
    assert "wrong symbol: expected ETHUSDT, found BTCUSDT" in refusal_of(path).reason
    renamed = path.rename(tmp_path / "x.parquet")
    assert "wrong symbol: expected SOLUSDT, found ETHUSDT" in refusal_of(renamed, symbol="SOLUSDT").reason


def test_an_interval_that_is_none_is_refused(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", steady_candles(3))
    rewritten(path, lambda table: table.replace_schema_metadata({b"interval": b"1w", b"other": b"\xff"}))
    assert refusal_of(path).reason.startswith("wrong interval: '1w' is no timeframe")


def test_a_name_that_tells_another_length_than_the_rows_is_refused(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "BTCUSDT-5m-x.parquet", steady_candles(3))
    rewritten(path, lambda table: table.replace_schema_metadata(None))
    assert "told to last 300000 ms but come every 60000 ms" in refusal_of(path).reason


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT-1m-x.parquet"
    path.write_bytes(b"")
    refused = refusal_of(path)
    assert (refused.file, refused.row) == (str(path), None)
    assert "no readable Parquet file" in refused.reason


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    assert refusal_of(written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", [])).reason == "holds no candles"


def test_one_row_is_a_tape(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", steady_candles(1))
    assert len(list(tape_of(path).candles())) == 1


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", steady_candles(500))
    path.write_bytes(path.read_bytes()[:-100])
    assert "no readable Parquet file" in refusal_of(path).reason


def test_a_file_damaged_in_its_middle_is_refused_at_the_row_it_was_read_to(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", steady_candles(5_000))
    pq.write_table(pq.read_table(path), path, row_group_size=1_000, compression="zstd")
    chunk = pq.ParquetFile(path).metadata.row_group(3).column(4)
    data = bytearray(path.read_bytes())
    start = chunk.data_page_offset
    data[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(data)
    refused = refusal_of(path)
    assert refused.row == 3_001
    assert "cannot be read" in refused.reason


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", steady_candles(3))
    rewritten(path, lambda table: table.drop_columns(["high"]))
    assert refusal_of(path).reason == "wrong columns: high is missing"


@pytest.mark.parametrize("column", ["open_time_ms", "close"])
def test_a_column_of_the_wrong_type_is_named(tmp_path: Path, column: str) -> None:
    path = written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", steady_candles(3))
    text = pa.array(["one", "two", "three"])
    rewritten(path, lambda t: t.set_column(t.schema.get_field_index(column), column, text))
    assert refusal_of(path).reason == f"wrong type: {column} holds string"


def test_an_empty_cell_of_time_or_price_is_refused_with_its_row(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", steady_candles(3))
    good = pq.read_table(path)
    no_time = pa.array([START_MS, None, START_MS + 2 * MINUTE_MS], pa.int64())
    pq.write_table(good.set_column(0, "open_time_ms", no_time), path)
    assert (refusal_of(path).row, refusal_of(path).reason) == (2, "open_time_ms is empty")
    pq.write_table(good.set_column(1, "open", pa.array([100.0, 100.1, None])), path)
    refused = refusal_of(path)
    assert refused.row == 3
    assert "not a finite number" in refused.reason


def test_close_times_may_be_missing_here_and_there(tmp_path: Path) -> None:
    path = written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", steady_candles(3))
    odd = pa.array([None, START_MS + MINUTE_MS, START_MS + 3 * MINUTE_MS - 1], pa.int64())
    rewritten(path, lambda t: t.set_column(t.schema.get_field_index("close_time_ms"), "close_time_ms", odd))
    reading = tape_of(path).read()
    assert len(list(reading.candles)) == 3
    assert [place.row for place in reading.audit.places] == [2]


def test_repair_drops_what_the_standard_refuses(tmp_path: Path) -> None:
    spoiled = [candle._replace(low=-1.0) if i == 1 else candle for i, candle in enumerate(steady_candles(3))]
    path = written_parquet(tmp_path / "BTCUSDT-1m-x.parquet", spoiled)
    assert refusal_of(path).row == 2
    reading = tape_of(path, policy=RepairPolicy.REPAIR).read()
    assert len(list(reading.candles)) == 2
    assert reading.audit.count(TapeRemark.IMPOSSIBLE) == 1


def test_the_outage_of_march_2023_is_one_gap_of_eighty_candles(market_data: Path) -> None:
    files = (market_data / "spot").glob("ARBUSDT-1m-*.parquet")
    reading = tape_of(*files).read(until_ms=1_690_000_000_000)
    assert sum(1 for _ in reading.candles) == 55_180
    audit = reading.audit
    assert (audit.count(TapeRemark.GAP), audit.missing_candles, audit.longest_gap) == (1, 80, 80)
    assert audit.count(TapeRemark.ZERO_VOLUME) == 72
    assert audit.count(TapeRemark.ODD_CLOSE_TIME) == 1
    assert audit.dropped == 0


def test_a_column_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    path = rewritten(
        written_parquet(tmp_path / "BTCUSDT-1m.parquet", steady_candles(5)),
        lambda table: table.append_column("open", table.column("open")),
    )
    assert refusal_of(path).reason == "wrong columns: open stands there twice"


def some_close_times_lost(table: pa.Table) -> pa.Table:
    closes = [None if row % 3 == 0 else at_ms for row, at_ms in enumerate(table["close_time_ms"].to_pylist())]
    closes[4] = START_MS
    place = table.schema.get_field_index("close_time_ms")
    return table.set_column(place, "close_time_ms", pa.array(closes, pa.int64()))


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table,
        lambda table: table.drop_columns(["taker_buy_volume", "close_time_ms"]),
        some_close_times_lost,
        lambda table: table.take([0, 1, 2, 3, 9, 8, 7, *range(10, 40)]),
    ],
)
@pytest.mark.parametrize("window", [(None, None), (3, 8), (8, 30)])
def test_columns_hold_what_rows_hold(
    tmp_path: Path,
    change: Callable[[pa.Table], pa.Table],
    window: tuple[int | None, int | None],
) -> None:
    path = rewritten(written_parquet(tmp_path / "tape.parquet", steady_candles(40)), change)
    moments = [None if minute is None else START_MS + minute * MINUTE_MS for minute in window]
    tape = tape_of(path, policy=RepairPolicy.REPAIR)
    by_row, at_once = tape.read(*moments), tape.read(*moments)
    held = [run.candle(index) for run in at_once.runs(NativeRunMaker()) for index in range(len(run))]
    assert same_candles(held, list(by_row.candles))
    assert at_once.audit == by_row.audit


def test_exact_decimals_are_written_as_differences_of_integers(tmp_path: Path) -> None:
    path = tmp_path / "tape.parquet"
    ParquetSink(path, DecimalPlaces()).write("BTCUSDT", MINUTE_MS, steady_candles(50))
    group = pq.ParquetFile(path).metadata.row_group(0)
    stored = {group.column(index).path_in_schema: group.column(index) for index in range(group.num_columns)}
    for name in ("open_time_ms", "close", "volume"):
        assert stored[name].physical_type == "INT64"
        assert "DELTA_BINARY_PACKED" in stored[name].encodings
