"""Tests of files that appear whole or not at all."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.parquet.parquet_sink import ParquetSink
from adapters.parquet.whole_file import whole_file
from application.ports.candle_sink import SinkFailed
from domain.market.timeframe import MINUTE_MS
from tests.tape_samples import steady_candles


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_the_file_has_its_name_only_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "tape"
    with whole_file(path) as file:
        file.write(b"candles")
        assert not path.exists()
    assert path.read_bytes() == b"candles"
    assert [found.name for found in tmp_path.iterdir()] == ["tape"]


def test_a_failure_leaves_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "tape"
    path.write_bytes(b"old")
    with pytest.raises(SinkFailed), whole_file(path) as file:
        raise SinkFailed(str(path), f"{file.write(b'half')} bytes were all")
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["tape"]


def test_a_full_disk_is_named_and_leaves_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "tape.parquet"
    path.write_bytes(b"old")
    with disk_of(8_192), pytest.raises(SinkFailed, match="cannot be written: File too large") as failed:
        ParquetSink(path).write("BTCUSDT", MINUTE_MS, steady_candles(50_000))
    assert failed.value.file == str(path)
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["tape.parquet"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SinkFailed, match="No such file"), whole_file(tmp_path / "no" / "tape"):
        pytest.fail("nothing to write to")


def test_a_place_below_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SinkFailed, match="Not a directory"), whole_file(tmp_path / "file" / "tape"):
        pytest.fail("nothing to write to")


@pytest.mark.parametrize(("name", "reason"), [("x" * 300, "too long"), ("", "names no file")])
def test_a_name_no_file_can_have_is_refused(name: str, reason: str) -> None:
    with pytest.raises(SinkFailed, match=reason), whole_file(Path(name)):
        pytest.fail("nothing to write to")
