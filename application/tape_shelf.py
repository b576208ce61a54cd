"""Finds the tapes that a person names."""

from collections.abc import Sequence
from typing import NamedTuple

from application.ports.candle_tape import AuditedTape, TapeRefused
from application.ports.tape_reader import TapeReader
from application.tape_name import name_in
from domain.market.tape_audit import RepairPolicy


class TapeFile(NamedTuple):
    """A file, who reads it, and the symbol it was said to be, if any."""

    path: str
    reader: TapeReader
    symbol: str | None

    @property
    def tape_name(self) -> str:
        """The symbol told or in the file's name; a file without either is a tape of its own."""
        return self.symbol or name_in(self.path.rpartition("/")[2]).symbol or self.path


class TapeShelf:
    """Opens `PATH` or `SYMBOL=PATH`, files and folders, with the first reader that knows the kind."""

    def __init__(self, readers: Sequence[TapeReader]) -> None:
        self._readers = readers

    def open(self, names: Sequence[str], policy: RepairPolicy) -> list[AuditedTape]:
        """Give one tape a symbol, in the order in which they were named.

        Raises FileNotFoundError, or TapeRefused for what is no tape.
        """
        tapes: dict[str, list[TapeFile]] = {}
        for name in names:
            for file in self._files(name):
                tapes.setdefault(file.tape_name, []).append(file)
        return [_opened(files, policy) for files in tapes.values()]

    def open_one(self, names: Sequence[str], policy: RepairPolicy) -> AuditedTape:
        """Give the one tape. Raises TapeRefused when files of several symbols were named."""
        tapes = self.open(names, policy)
        if len(tapes) > 1:
            symbols = ", ".join(tape.symbol for tape in tapes)
            raise TapeRefused(" ".join(names), None, f"one symbol at a time, not {symbols}")
        return tapes[0]

    def _files(self, name: str) -> list[TapeFile]:
        symbol, path = _symbol_and_path(name)
        for reader in self._readers:
            files = reader.files_at(path)
            if files:
                return [TapeFile(file, reader, symbol) for file in files]
        raise TapeRefused(path, None, "is no Parquet file, zip or CSV of candles, nor a folder of them")


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


def _symbol_and_path(name: str) -> tuple[str | None, str]:
    symbol, separator, path = name.partition("=")
    return (symbol, path) if separator and "/" not in symbol else (None, name)


def _opened(files: Sequence[TapeFile], policy: RepairPolicy) -> AuditedTape:
    first = files[0]
    for file in files[1:]:
        if file.reader is not first.reader:
            raise TapeRefused(file.path, None, f"is another kind of file than {first.path}")
    return first.reader.open([file.path for file in files], first.symbol, policy)
