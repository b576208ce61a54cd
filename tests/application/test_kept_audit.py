from pathlib import Path

import pytest

from adapters.parquet.parquet_part import ParquetPart
from adapters.parquet.parquet_sink import ParquetSink
from application.kept_audit import KeptAudit
from application.recorded_tape import RecordedTape
from domain.market.candle import Candle


def test_the_audit_of_the_last_pass_is_kept(tmp_path: Path) -> None:
    rows = [Candle(minute * 60_000, 10.0, 11.0, 9.0, 10.5, 3.0, 1.0) for minute in (0, 1, 2, 5)]
    ParquetSink(tmp_path / "BTCUSDT-1m.parquet").write("BTCUSDT", 60_000, rows)
    tape = KeptAudit(RecordedTape([ParquetPart(tmp_path / "BTCUSDT-1m.parquet")]))
    with pytest.raises(LookupError, match="not read yet"):
        _ = tape.audit
    assert (tape.symbol, tape.step_ms, tape.length) == ("BTCUSDT", 60_000, 4)
    assert list(tape.candles()) == rows
    assert tape.audit.missing_candles == 2
    assert len(list(tape.candles(until_ms=120_000))) == 2
    assert tape.audit.missing_candles == 0
