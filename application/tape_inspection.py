"""Looks a tape over from end to end."""

from dataclasses import dataclass

from application.ports.candle_tape import AuditedTape
from application.tape_facts import FactsOfTape, TapeFacts
from domain.market.tape_audit import TapeAudit


@dataclass(frozen=True, slots=True)
class TapeInspection:
    """What a tape holds, what is wrong with it, and what its market is like."""

    symbol: str
    step_ms: int
    length: int
    audit: TapeAudit
    facts: TapeFacts


def inspect_tape(
    tape: AuditedTape, from_ms: int | None = None, until_ms: int | None = None
) -> TapeInspection:
    """Read the candles whose open time lies in [from, until) once. Raises TapeRefused."""
    reading = tape.read(from_ms, until_ms)
    facts = FactsOfTape(tape.step_ms, tape.length)
    for candle in reading.candles:
        facts.take(candle)
    return TapeInspection(tape.symbol, tape.step_ms, tape.length, reading.audit, facts.result())
