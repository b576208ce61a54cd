"""Which files on a command line belong to one tape."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from application.ports.candle_tape import TapeRefused
from application.tape_name import name_in


class TapeFiles(NamedTuple):
    """The files of one symbol; the symbol is None where only the files themselves can tell it."""

    symbol: str | None
    paths: tuple[PurePath, ...]


def named_path(text: str) -> tuple[str | None, str]:
    """Read `SYMBOL=PATH` or a path alone."""
    symbol, separator, path = text.partition("=")
    return (symbol, path) if separator and "/" not in symbol else (None, text)


def files_by_symbol(files: Sequence[tuple[str | None, PurePath]]) -> list[TapeFiles]:
    """Put files of one symbol together, in the order in which symbols first appear.

    The symbol is the one given, else the one in the file's name; a file without either is a tape of
    its own. Raises TapeRefused when there are no files at all.
    """
    if not files:
        raise TapeRefused("tapes", None, "no candle files found")
    groups: dict[str, TapeFiles] = {}
    for given, path in files:
        symbol = given or name_in(path.name).symbol
        known = groups.get(symbol or str(path), TapeFiles(symbol, ()))
        groups[symbol or str(path)] = TapeFiles(symbol, (*known.paths, path))
    return list(groups.values())
