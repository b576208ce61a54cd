import hashlib
import zipfile
from itertools import islice
from pathlib import Path

import pytest

from adapters.archive.archive_part import ArchivePart
from adapters.native.candle_run import NativeRunMaker
from application.ports.candle_tape import TapeRefused
from application.ports.run_maker import RunMaker
from application.recorded_tape import RecordedTape
from domain.market.tape_audit import RepairPolicy, TapeRemark
from domain.market.timeframe import DAY_MS, MINUTE_MS
from tests.fakes.run_maker import ListMaker
from tests.tape_samples import START_MS, kline_lines, steady_candles

HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,"
    "taker_buy_volume,taker_buy_quote_volume,ignore"
)
MIDNIGHT_MS = 1_700_006_400_000


def csv_of(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join([*lines, ""]), encoding="ascii")
    return path


def zip_of(path: Path, lines: list[str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{path.stem}.csv", "\n".join([*lines, ""]))
    return path


def with_checksum(path: Path, digest: str | None = None) -> Path:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name(path.name + ".CHECKSUM").write_text(f"{digest or found}  {path.name}\n", encoding="ascii")
    return path


def tape_of(
    *paths: Path, symbol: str | None = None, policy: RepairPolicy = RepairPolicy.STANDARD
) -> RecordedTape:
    return RecordedTape([ArchivePart(path, symbol) for path in paths], policy)


def refusal_of(*paths: Path, symbol: str | None = None) -> TapeRefused:
    with pytest.raises(TapeRefused) as caught:
        list(tape_of(*paths, symbol=symbol).candles())
    return caught.value


@pytest.mark.parametrize("header", [[], [HEADER]])
@pytest.mark.parametrize("per_ms", [1, 1_000])
def test_with_and_without_header_in_ms_and_us_the_candles_are_the_same(
    tmp_path: Path, header: list[str], per_ms: int
) -> None:
    lines = [*header, *kline_lines(steady_candles(30), per_ms)]
    for path in (csv_of(tmp_path / "BTCUSDT-1m-x.csv", lines), zip_of(tmp_path / "BTCUSDT-1m-x.zip", lines)):
        tape = tape_of(path)
        assert (tape.symbol, tape.step_ms, tape.length) == ("BTCUSDT", MINUTE_MS, 30)
        reading = tape.read()
        assert list(reading.candles) == steady_candles(30)
        assert reading.audit.count(TapeRemark.ODD_CLOSE_TIME) == 0


def test_garbage_in_row_17_is_refused_with_file_row_and_reason(tmp_path: Path) -> None:
    lines = kline_lines(steady_candles(30))
    lines[16] = lines[16].replace("100.25", "1oo.25")
    path = csv_of(tmp_path / "BTCUSDT-1m-x.csv", lines)
    refused = refusal_of(path)
    assert (refused.file, refused.row) == (str(path), 17)
    assert "could not convert string to float: '1oo.25'" in refused.reason
    assert str(refused).startswith(f"{path}, row 17: is no kline")


@pytest.mark.parametrize(
    ("garbage", "reason"),
    [
        ("\x00\x01binary", "open time '\\x00\\x01binary' is not a time in ms or us"),
        ("1700000000000,1,2", "has 3 columns where a kline has 12"),
        ("1700000000000001,1,2", "is not a time in ms or us"),
        (",,,,,,,,,,,", "open time '' is not a time"),
    ],
)
def test_whatever_is_no_kline_is_refused_with_its_row(tmp_path: Path, garbage: str, reason: str) -> None:
    lines = kline_lines(steady_candles(20))
    path = csv_of(tmp_path / "BTCUSDT-1m-x.csv", [HEADER, *lines[:3], garbage, *lines[3:]])
    refused = refusal_of(path)
    assert refused.row == 5
    assert reason in refused.reason


def test_no_policy_repairs_what_is_no_kline(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "BTCUSDT-1m-x.csv", [*kline_lines(steady_candles(2)), "1700000000000,1,2"])
    with pytest.raises(TapeRefused):
        list(tape_of(path, policy=RepairPolicy.REPAIR).candles())


def test_other_columns_are_refused_by_name(tmp_path: Path) -> None:
    lines = [HEADER.replace("high", "max"), *kline_lines(steady_candles(2))]
    refused = refusal_of(csv_of(tmp_path / "BTCUSDT-1m-x.csv", lines))
    assert (refused.row, refused.reason) == (1, "wrong columns: expected high, found 'max'")
    short = csv_of(tmp_path / "BTCUSDT-1m-y.csv", ["open_time,open", *kline_lines(steady_candles(2))])
    assert refusal_of(short).reason == "wrong columns: expected high, found ''"


@pytest.mark.parametrize("lines", [[], [HEADER]])
def test_a_file_without_candles_is_refused(tmp_path: Path, lines: list[str]) -> None:
    assert refusal_of(csv_of(tmp_path / "BTCUSDT-1m-x.csv", lines)).reason == "holds no candles"
    assert refusal_of(zip_of(tmp_path / "BTCUSDT-1m-x.zip", lines)).reason == "holds no candles"


def test_one_row_is_a_tape(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "BTCUSDT-1m-x.csv", kline_lines(steady_candles(1)))
    assert list(tape_of(path).candles()) == steady_candles(1)


def test_one_row_of_a_file_whose_name_is_silent_is_refused(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "tape.csv", kline_lines(steady_candles(1)))
    assert "the symbol is not in the file's name" in refusal_of(path).reason
    assert "neither the name nor the rows tell" in refusal_of(path, symbol="BTCUSDT").reason


def test_a_checksum_must_agree_and_may_be_missing(tmp_path: Path) -> None:
    later = steady_candles(3, START_MS + 3 * MINUTE_MS)
    first = with_checksum(zip_of(tmp_path / "BTCUSDT-1m-a.zip", kline_lines(steady_candles(3))))
    second = zip_of(tmp_path / "BTCUSDT-1m-b.zip", kline_lines(later))
    assert list(tape_of(first, second).candles()) == [*steady_candles(3), *later]


@pytest.mark.parametrize("digest", ["0" * 64, " "])
def test_a_checksum_that_differs_is_refused(tmp_path: Path, digest: str) -> None:
    path = zip_of(tmp_path / "BTCUSDT-1m-a.zip", kline_lines(steady_candles(3)))
    with_checksum(path, digest)
    assert "checksum differs from BTCUSDT-1m-a.zip.CHECKSUM" in refusal_of(path).reason


def test_a_truncated_zip_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "BTCUSDT-1m-a.zip", kline_lines(steady_candles(500)))
    path.write_bytes(path.read_bytes()[:-200])
    assert "is truncated or corrupt" in refusal_of(path).reason


def test_a_corrupt_zip_is_refused_at_the_row_it_was_read_to(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "BTCUSDT-1m-a.zip", kline_lines(steady_candles(50_000)))
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 200] = b"\xff" * 200
    path.write_bytes(data)
    refused = refusal_of(path)
    assert refused.row is not None
    assert refused.row > 1_000


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT-1m-a.zip"
    path.write_bytes(b"")
    assert refusal_of(path).row is None


def test_a_zip_of_several_files_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "BTCUSDT-1m-a.zip", kline_lines(steady_candles(3)))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other.csv", "")
    assert "holds 2 files where one CSV is expected" in refusal_of(path).reason


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "BTCUSDT-1m-a.zip", kline_lines(steady_candles(3)))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert refusal_of(path).reason == "is encrypted"


def test_daily_files_patch_the_monthly_one_and_what_repeats_is_counted(tmp_path: Path) -> None:
    month = steady_candles(2 * 1440, MIDNIGHT_MS)
    del month[1_500:1_600]
    day = steady_candles(2 * 1440, MIDNIGHT_MS)[1440:]
    monthly = zip_of(tmp_path / "BTCUSDT-1m-2023-11.zip", kline_lines(month))
    daily = zip_of(tmp_path / "BTCUSDT-1m-2023-11-16.zip", kline_lines(day))
    tape = tape_of(daily, monthly)
    reading = tape.read()
    assert list(reading.candles) == steady_candles(2 * 1440, MIDNIGHT_MS)
    assert reading.audit.count(TapeRemark.IDENTICAL_DUPLICATE) == 1_340
    assert reading.audit.missing_candles == 0
    assert list(tape.candles(MIDNIGHT_MS + DAY_MS)) == day


def test_a_window_is_read_without_the_rest(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "BTCUSDT-1m-a.csv", kline_lines(steady_candles(10)))
    window = tape_of(path).candles(START_MS + MINUTE_MS, START_MS + 3 * MINUTE_MS)
    assert list(window) == steady_candles(10)[1:3]


def test_blank_lines_are_passed_over_and_counted_as_lines(tmp_path: Path) -> None:
    lines = kline_lines(steady_candles(3))
    path = csv_of(tmp_path / "BTCUSDT-1m-a.csv", [lines[0], "", lines[1], lines[0]])
    assert refusal_of(path).row == 4


@pytest.mark.parametrize("maker", [ListMaker(), NativeRunMaker()])
def test_a_torn_line_is_refused_after_the_runs_before_it(tmp_path: Path, maker: RunMaker) -> None:
    lines = kline_lines(steady_candles(30))
    path = csv_of(
        tmp_path / "BTCUSDT-1m-2023-11-14.csv", [HEADER, *lines[:20], f"{lines[20][:13]},x", *lines[21:]]
    )
    runs = RecordedTape([ArchivePart(path)]).read().runs(maker)
    assert [len(run) for run in islice(runs, 1)] == [20]
    with pytest.raises(TapeRefused, match="row 22: has 2 columns"):
        next(runs)


def test_rows_come_some_thousands_at_once(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "BTCUSDT-1m-2023-11.csv", kline_lines(steady_candles(20_000)))
    part = ArchivePart(path)
    assert [len(columns.row) for columns in part.columns(None, None)] == [16_384, 3_616]
    assert [columns.row[0] for columns in part.columns(None, None)] == [1, 16_385]
