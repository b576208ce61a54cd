"""What can be traded how, as far as tapes tell."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

from application.ports.candle_tape import AuditedTape, TapeRefused
from domain.market.instrument import Instrument, instrument_seen_on

_CANDLES_TO_KNOW_A_GRID: Final = 2_000


def instruments_of(
    tapes: Iterable[AuditedTape], told: Mapping[str, Instrument] | None, told_in: str
) -> dict[str, Instrument]:
    """Tell what can be traded how: by the venue's own rules, or inferred from the candles.

    Raises TapeRefused when the rules `told_in` some file are none for a symbol.
    """
    if told is None:
        return {tape.symbol: instrument_of_tape(tape) for tape in tapes}
    symbols = [tape.symbol for tape in tapes]
    for symbol in symbols:
        if symbol not in told:
            raise TapeRefused(told_in, None, f"has no rules for {symbol}")
    return {symbol: told[symbol] for symbol in symbols}


def instrument_of_tape(tape: AuditedTape) -> Instrument:
    """Infer what can be traded how from the candles. Raises TapeRefused when none of them is any good."""
    sample = list(islice(tape.candles(), _CANDLES_TO_KNOW_A_GRID))
    if not sample:
        raise TapeRefused(tape.symbol, None, "holds no candle that can be used")
    return instrument_seen_on(tape.symbol, sample)
