"""One line of Binance's kline files, in our words.

open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore
"""

from typing import Final

from application.ports.candle_tape import TapeRefused
from domain.market.candle import Candle

_HEADER: Final = ("open_time", "open", "high", "low", "close", "volume", "close_time")
_CELLS: Final = (11, 12)
_SMALLEST_MICROSECONDS: Final = 10**14
_MICROSECONDS_PER_MS: Final = 1000
_SHOWN: Final = 40


def is_header(line: str) -> bool:
    """Tell a line of column names from a line of numbers."""
    return line[:1].isalpha() or line.startswith(('"', "\ufeff"))


def check_header(file: str, line: str) -> None:
    """Refuse a header that names other columns than klines have. Raises TapeRefused."""
    names = [name.strip().strip('"').lower() for name in line.lstrip("\ufeff").split(",")]
    for expected, found in zip(_HEADER, [*names, *[""] * len(_HEADER)], strict=False):
        if expected != found:
            raise TapeRefused(file, 1, f"wrong columns: expected {expected}, found {found[:_SHOWN]!r}")


def open_time_in(file: str, row: int, line: str) -> int:
    """Read only the open time of a line, in ms. Raises TapeRefused."""
    cell = line.partition(",")[0]
    try:
        return _in_ms(int(cell))
    except ValueError:
        raise TapeRefused(file, row, f"open time {_shown(cell)} is not a time in ms or us") from None


def kline_in(file: str, row: int, line: str) -> tuple[Candle, int]:
    """Read a line's candle and its close time in ms. Raises TapeRefused."""
    cells = line.split(",")
    if len(cells) not in _CELLS:
        raise TapeRefused(file, row, f"has {len(cells)} columns where a kline has 12: {_shown(line)}")
    try:
        candle = Candle(
            _in_ms(int(cells[0])),
            float(cells[1]),
            float(cells[2]),
            float(cells[3]),
            float(cells[4]),
            float(cells[5]),
            float(cells[9]),
        )
        return candle, _ms_before(int(cells[6]))
    except ValueError as garbage:
        raise TapeRefused(file, row, f"is no kline: {garbage}: {_shown(line)}") from None


def _in_ms(stamp: int) -> int:
    """Take a stamp in milliseconds, or in microseconds when it is too large for milliseconds."""
    if stamp < _SMALLEST_MICROSECONDS:
        return stamp
    in_ms, rest = divmod(stamp, _MICROSECONDS_PER_MS)
    if rest:
        raise ValueError(f"open time {stamp} us is no whole millisecond")
    return in_ms


def _ms_before(stamp: int) -> int:
    return stamp if stamp < _SMALLEST_MICROSECONDS else stamp // _MICROSECONDS_PER_MS


def _shown(text: str) -> str:
    return repr(text.rstrip("\r\n")[:_SHOWN])
