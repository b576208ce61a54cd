"""What a tape's file name and first rows tell: the symbol and the length of a candle."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from application.ports.candle_tape import TapeRefused
from domain.market.timeframe import step_ms_of

ROWS_FOR_THE_STEP: Final = 1_000
"""How many of the first rows decide the length of a candle."""


@dataclass(frozen=True, slots=True)
class TapeName:
    """Symbol and candle length as far as they are told; None where they are not."""

    symbol: str | None = None
    step_ms: int | None = None


def name_in(file_name: str) -> TapeName:
    """Read symbol and timeframe from a name such as `BTCUSDT-1m-2023-01.zip`."""
    symbol, _, rest = file_name.partition("-")
    timeframe = rest.partition(".")[0].partition("-")[0]
    try:
        return TapeName(symbol or None, step_ms_of(timeframe))
    except ValueError:
        return TapeName()


def settled_step_ms(file: str, told_ms: int | None, first_open_times_ms: Sequence[int]) -> int:
    """Give the candle length: the one told, which the most common difference of the first rows must confirm.

    Where none is told, that difference is it. Raises TapeRefused when the two disagree or neither is there.
    """
    seen_ms = _most_common_difference(first_open_times_ms)
    if told_ms is None and seen_ms is None:
        raise TapeRefused(file, None, "neither the name nor the rows tell the length of a candle")
    if told_ms is not None and seen_ms is not None and told_ms != seen_ms:
        raise TapeRefused(file, None, f"candles are told to last {told_ms} ms but come every {seen_ms} ms")
    return told_ms or seen_ms or 0


def settled_symbol(file: str, *told: str | None) -> str:
    """Give the symbol on which all who tell one agree. Raises TapeRefused otherwise."""
    names = [name for name in told if name is not None]
    if not names:
        raise TapeRefused(file, None, "the symbol is not in the file's name; say which it is")
    for name in names[1:]:
        if name != names[0]:
            raise TapeRefused(file, None, f"wrong symbol: expected {names[0]}, found {name}")
    return names[0]


def _most_common_difference(open_times_ms: Sequence[int]) -> int | None:
    differences = Counter(after - before for before, after in pairwise(open_times_ms) if after > before)
    return min(differences, key=lambda ms: (-differences[ms], ms)) if differences else None
