"""Finds the tapes that a person names."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import NamedTuple

from application.ports.candle_tape import AuditedTape, TapeRefused
from application.recorded_tape import RecordedTape, TapePart
from domain.market.tape_audit import RepairPolicy


class TapeKind(NamedTuple):
    """The endings of one kind of file, and what opens such a file as part of the symbol told, if any."""

    suffixes: tuple[str, ...]
    part: Callable[[PurePath, str | None], TapePart]


class TapeShelf:
    """Opens `PATH` or `SYMBOL=PATH`, files and folders; of a folder the first kind it holds is taken."""

    def __init__(self, kinds: Sequence[TapeKind], files_at: Callable[[str], Sequence[PurePath]]) -> None:
        self._kinds = kinds
        self._files_at = files_at

    def open(self, names: Sequence[str], policy: RepairPolicy) -> list[AuditedTape]:
        """Give one tape a symbol, in the order in which they were named.

        Raises FileNotFoundError, or TapeRefused for what is no tape.
        """
        parts: dict[str, list[TapePart]] = {}
        for name in names:
            for part in self._parts(name):
                parts.setdefault(part.symbol, []).append(part)
        return [RecordedTape(of_symbol, policy) for of_symbol in parts.values()]

    def open_one(self, names: Sequence[str], policy: RepairPolicy) -> AuditedTape:
        """Give the one tape. Raises TapeRefused when files of several symbols were named."""
        tapes = self.open(names, policy)
        if len(tapes) > 1:
            symbols = ", ".join(tape.symbol for tape in tapes)
            raise TapeRefused(" ".join(names), None, f"one symbol at a time, not {symbols}")
        return tapes[0]

    def _parts(self, name: str) -> list[TapePart]:
        symbol, path, files = self._found(name)
        for kind in self._kinds:
            known = [file for file in files if file.suffix in kind.suffixes]
            if known:
                return [kind.part(file, symbol) for file in known]
        raise TapeRefused(path, None, "is no Parquet file, zip or CSV of candles, nor a folder of them")

    def _found(self, name: str) -> tuple[str | None, str, Sequence[PurePath]]:
        """Find a name as it stands; only where nothing has it is what stands before `=` a symbol."""
        if not name:
            raise TapeRefused("''", None, "is no name of a tape")
        symbol, separator, path = name.partition("=")
        try:
            return None, name, self._files_at(name)
        except FileNotFoundError:
            if not separator or "/" in symbol:
                raise
        return symbol, path, self._files_at(path)


def common_step_ms(tapes: Sequence[AuditedTape], into_ms: int) -> int:
    """Give the length of a candle on all tapes, of which longer candles are a whole number.

    Raises TapeRefused when the tapes differ, or no whole number of their candles is `into_ms` long.
    """
    step_ms = tapes[0].step_ms
    for tape in tapes:
        if tape.step_ms != step_ms:
            reason = f"its candles last {tape.step_ms} ms, those of {tapes[0].symbol} {step_ms} ms"
            raise TapeRefused(tape.symbol, None, reason)
    if into_ms % step_ms:
        reason = f"its candles last {step_ms} ms; no whole number of them makes one of {into_ms} ms"
        raise TapeRefused(tapes[0].symbol, None, reason)
    return step_ms
