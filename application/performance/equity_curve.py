"""How the account went over time."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from application.decision import EquityMark
from domain.market.timeframe import DAY_MS

_KEPT_OF_A_STRETCH: Final = 4


class Point(NamedTuple):
    """A value at a moment."""

    at_ms: int
    value: float


def drops(marks: Sequence[EquityMark]) -> list[Point]:
    """Tell how far equity stands below its highest so far, as a share of that: 0 or less."""
    peak, told = Decimal(0), []
    for mark in marks:
        peak = max(peak, mark.equity)
        told.append(Point(mark.at_ms, float(mark.equity / peak - 1) if peak > 0 else 0.0))
    return told


def daily_returns(marks: Sequence[EquityMark]) -> list[float]:
    """Give the return of every UTC day, days without a mark counting zero.

    A day's return leads from its first mark to the first of the next, the last day's to the last mark of
    all; a last day that is marked only once gives none. Where nothing is left of the account, returns end.
    """
    firsts = _first_of_each_day(marks)
    if marks and marks[-1].at_ms != firsts[-1].at_ms:
        firsts.append(marks[-1]._replace(at_ms=(firsts[-1].at_ms // DAY_MS + 1) * DAY_MS))
    returns: list[float] = []
    for (opened_ms, _, opened), (closed_ms, _, closed) in pairwise(firsts):
        if opened <= 0:
            break
        days = closed_ms // DAY_MS - opened_ms // DAY_MS
        returns += [float(closed / opened - 1), *[0.0] * (days - 1)]
    return returns


def _first_of_each_day(marks: Sequence[EquityMark]) -> list[EquityMark]:
    firsts: dict[int, EquityMark] = {}
    for mark in marks:
        firsts.setdefault(mark.at_ms // DAY_MS, mark)
    return list(firsts.values())


def thinned(points: Sequence[Point], most: int) -> list[Point]:
    """Give about as many points as wanted, which look the same when drawn.

    Of each stretch stay the first, the lowest, the highest and the last.
    """
    if len(points) <= most:
        return list(points)
    size = -(-len(points) * _KEPT_OF_A_STRETCH // most)
    kept: list[Point] = []
    for start in range(0, len(points), size):
        places = range(start, min(start + size, len(points)))
        lowest = min(places, key=lambda place: points[place].value)
        highest = max(places, key=lambda place: points[place].value)
        kept += [points[place] for place in sorted({places[0], lowest, highest, places[-1]})]
    return kept
