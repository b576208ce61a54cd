from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.archive.archive_part import ArchivePart
from adapters.parquet.parquet_part import ParquetPart
from adapters.parquet.parquet_sink import ParquetSink
from adapters.system.tape_files import files_at
from application.ports.candle_tape import TapeRefused
from application.tape_shelf import TapeKind, TapeShelf, common_step_ms
from domain.market.candle import Candle
from domain.market.tape_audit import RepairPolicy

SHELF = TapeShelf([TapeKind((".parquet",), ParquetPart), TapeKind((".zip", ".csv"), ArchivePart)], files_at)


def candles(count: int, from_minute: int = 0, step_ms: int = 60_000) -> list[Candle]:
    return [Candle((from_minute + i) * step_ms, 10.0, 11.0, 9.0, 10.5, 3.0, 1.0) for i in range(count)]


def put(path: Path, symbol: str, rows: Sequence[Candle], step_ms: int = 60_000) -> str:
    ParquetSink(path).write(symbol, step_ms, rows)
    return str(path)


def put_csv(path: Path, rows: Sequence[Candle]) -> str:
    lines = [
        f"{row.open_time_ms},{row.open},{row.high},{row.low},{row.close},{row.volume},"
        f"{row.open_time_ms + 59_999},0,1,1.0,0,0"
        for row in rows
    ]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def opened(*names: str) -> list[tuple[str, int]]:
    return [(tape.symbol, tape.length) for tape in SHELF.open(names, RepairPolicy.STANDARD)]


def test_files_of_one_symbol_are_one_tape(tmp_path: Path) -> None:
    first = put(tmp_path / "BTCUSDT-1m-2022.parquet", "BTCUSDT", candles(5))
    second = put(tmp_path / "BTCUSDT-1m-2023.parquet", "BTCUSDT", candles(7, from_minute=5))
    other = put(tmp_path / "ETHUSDT-1m-2022.parquet", "ETHUSDT", candles(3))
    assert opened(first, other, second) == [("BTCUSDT", 12), ("ETHUSDT", 3)]


def test_a_folder_gives_a_tape_for_each_symbol_in_it(tmp_path: Path) -> None:
    put(tmp_path / "ETHUSDT-1m.parquet", "ETHUSDT", candles(3))
    put(tmp_path / "BTCUSDT-1m.parquet", "BTCUSDT", candles(4))
    (tmp_path / "README.md").write_text("not a tape")
    assert opened(str(tmp_path)) == [("BTCUSDT", 4), ("ETHUSDT", 3)]


def test_a_name_can_be_given_to_a_file_that_has_none(tmp_path: Path) -> None:
    path = put_csv(tmp_path / "mine.csv", candles(3))
    assert opened(f"BTCUSDT={path}") == [("BTCUSDT", 3)]


def test_an_equals_sign_in_a_folder_is_part_of_the_path(tmp_path: Path) -> None:
    folder = tmp_path / "year=2022"
    folder.mkdir()
    path = put(folder / "BTCUSDT-1m.parquet", "BTCUSDT", candles(3))
    assert opened(path) == [("BTCUSDT", 3)]


def test_files_of_both_kinds_make_one_tape(tmp_path: Path) -> None:
    one = put(tmp_path / "BTCUSDT-1m-2022.parquet", "BTCUSDT", candles(3))
    other = put_csv(tmp_path / "BTCUSDT-1m-2023.csv", candles(3, from_minute=3))
    assert opened(one, other) == [("BTCUSDT", 6)]


def test_of_a_folder_of_both_kinds_the_parquet_files_are_taken(tmp_path: Path) -> None:
    put(tmp_path / "BTCUSDT-1m.parquet", "BTCUSDT", candles(3))
    put_csv(tmp_path / "notes.csv", candles(3))
    assert opened(str(tmp_path)) == [("BTCUSDT", 3)]


def test_a_symbol_that_only_the_file_itself_tells_joins_its_tape(tmp_path: Path) -> None:
    put(tmp_path / "a.parquet", "BTCUSDT", candles(3))
    put(tmp_path / "b.parquet", "BTCUSDT", candles(4, from_minute=3))
    assert opened(str(tmp_path)) == [("BTCUSDT", 7)]


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="does not exist"):
        opened(str(tmp_path / "nowhere.parquet"))


def test_what_is_no_tape_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    for name in (tmp_path / "notes.txt", tmp_path):
        with pytest.raises(TapeRefused, match="no Parquet file, zip or CSV"):
            opened(str(name))


def test_one_tape_means_one_symbol(tmp_path: Path) -> None:
    one = put(tmp_path / "BTCUSDT-1m.parquet", "BTCUSDT", candles(3))
    other = put(tmp_path / "ETHUSDT-1m.parquet", "ETHUSDT", candles(3))
    assert SHELF.open_one([one], RepairPolicy.STANDARD).symbol == "BTCUSDT"
    with pytest.raises(TapeRefused, match="one symbol at a time, not BTCUSDT, ETHUSDT"):
        SHELF.open_one([one, other], RepairPolicy.STANDARD)


def test_candles_of_different_length_do_not_trade_together(tmp_path: Path) -> None:
    one = put(tmp_path / "BTCUSDT-1m.parquet", "BTCUSDT", candles(3))
    other = put(tmp_path / "ETHUSDT-5m.parquet", "ETHUSDT", candles(3, step_ms=300_000), 300_000)
    tapes = SHELF.open([one, other], RepairPolicy.STANDARD)
    assert common_step_ms(tapes[:1], 300_000) == 60_000
    with pytest.raises(TapeRefused, match="300000 ms"):
        common_step_ms(tapes, 300_000)


def test_candles_longer_than_a_base_bar_are_no_part_of_it(tmp_path: Path) -> None:
    path = put(tmp_path / "BTCUSDT-15m.parquet", "BTCUSDT", candles(3, step_ms=900_000), 900_000)
    tapes = SHELF.open([path], RepairPolicy.STANDARD)
    assert common_step_ms(tapes, 900_000) == 900_000
    for into_ms in (300_000, 1_000_000):
        with pytest.raises(TapeRefused, match=f"no whole number of them makes one of {into_ms} ms"):
            common_step_ms(tapes, into_ms)


def test_a_name_with_an_equals_sign_is_found_as_it_stands(tmp_path: Path) -> None:
    path = put(tmp_path / "BTCUSDT-1m=old.parquet", "BTCUSDT", candles(3))
    assert opened(path) == [("BTCUSDT", 3)]


def test_an_empty_name_is_not_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "BTCUSDT-1m.parquet", "BTCUSDT", candles(3))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TapeRefused, match="no name of a tape"):
        opened("")
    assert opened(".") == [("BTCUSDT", 3)]
