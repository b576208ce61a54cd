from adapters.terminal.tape_commands import audit_lines
from domain.market.tape_audit import RepairPolicy, TapeAuditor
from domain.market.timeframe import MINUTE_MS


def test_an_empty_window_is_told() -> None:
    assert audit_lines(TapeAuditor(MINUTE_MS, RepairPolicy.STANDARD).result()) == ["no candle in this window"]
