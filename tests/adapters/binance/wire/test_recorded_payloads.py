"""What was really said by the venue, read whole."""

import gzip
import json
import lzma
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.binance.wire.market_frames import MarketFrame, read_market_frame
from adapters.binance.wire.other_frames import Unknown

CAPTURES = [
    "um-btcusdt_20230404",
    "um-btcusdt_20230405",
    "um-btcusdt_20240718",
    "um-btcusdt_20240719",
    "um-ethusdt_20240718",
    "um-ethusdt_20240719",
]


def _frames(path: Path) -> Iterator[bytes]:
    with lzma.open(path) as lines:
        for line in lines:
            yield line.split(b" ", 1)[1].rstrip()


@pytest.mark.parametrize("name", CAPTURES)
def test_a_captured_session_is_read_whole(market_data: Path, name: str) -> None:
    kinds: Counter[str] = Counter()
    for frame in _frames(market_data / "ticks" / f"{name}.jsonl.xz"):
        read = read_market_frame(frame)
        kinds[type(read.data).__name__ if isinstance(read, MarketFrame) else repr(read)] += 1
    snapshots = kinds.pop("Unknown(kind='')", 0)
    assert kinds.keys() <= {"BookTicker", "DepthUpdate", "Trade", "MarkPrice"}
    assert snapshots <= 1
    assert kinds.total() > 10_000


def test_a_session_of_the_spot_market_is_harmless(market_data: Path) -> None:
    read = [read_market_frame(f) for f in _frames(market_data / "ticks" / "spot-btcusdt_20230405.jsonl.xz")]
    assert {type(frame) for frame in read} <= {MarketFrame, Unknown}


def test_a_captured_combined_stream_is_read_whole(market_data: Path) -> None:
    lines = gzip.decompress((market_data / "ws" / "um-4symbols-20210722.jsonl.gz").read_bytes()).splitlines()
    read = [read_market_frame(line) for line in lines]
    kinds = Counter(type(frame.data).__name__ for frame in read if isinstance(frame, MarketFrame))
    assert kinds == {"BookTicker": 613, "DepthUpdate": 764, "AggTrade": 91, "Kline": 67}


def test_single_market_messages_are_read(market_data: Path) -> None:
    for line in (market_data / "ws" / "um-single-messages.jsonl").read_text().splitlines():
        told = json.loads(line)
        if told["kind"].startswith(("user", "combined user", "REST")):
            continue
        read = read_market_frame(json.dumps(told["msg"]).encode())
        assert isinstance(read, MarketFrame), told["kind"]
