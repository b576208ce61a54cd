"""Which hole in the candles is filled next."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple, Protocol

from adapters.binance.streams.hole_watch import CandleHole

_NOTHING: Final = frozenset[str]()


class Stakes(Protocol):
    """Whoever knows where something can be won or lost."""

    def symbols_at_stake(self) -> AbstractSet[str]:
        """Give the symbols with a position, or with an order that may still trade."""
        ...


class NothingAtStake:
    """Nobody trades: every hole is as urgent as the next."""

    def symbols_at_stake(self) -> AbstractSet[str]:
        """Give no symbol."""
        return _NOTHING


class HoleTurn(NamedTuple):
    """A hole whose turn has come; `is_first` when something is at stake in its symbol."""

    hole: CandleHole
    is_first: bool


class HoleOrder:
    """Gives the holes of symbols with something at stake first, then the oldest; so many at once, no more.

    A hole gets `patience_ms` to close by itself. At most `most_at_once` are under way where nothing is at
    stake, and as many beside them where something is.
    """

    def __init__(self, stakes: Stakes, patience_ms: int, most_at_once: int) -> None:
        self._stakes = stakes
        self._patience_ms = patience_ms
        self._most_at_once = most_at_once
        self._noticed_ms: dict[CandleHole, int] = {}
        self._under_way: dict[str, bool] = {}

    def notice(self, holes: Iterable[CandleHole], now_ms: int) -> None:
        """Take in which holes are open now."""
        self._noticed_ms = {hole: self._noticed_ms.get(hole, now_ms) for hole in holes}

    def begin(self, now_ms: int) -> HoleTurn | None:
        """Give the next hole and count it as under way; None when none is due, or enough are under way."""
        at_stake = self._stakes.symbols_at_stake()
        ripe = [
            HoleTurn(hole, hole.symbol in at_stake)
            for hole, noticed_ms in self._noticed_ms.items()
            if now_ms - noticed_ms >= self._patience_ms and hole.symbol not in self._under_way
        ]
        free = [turn for turn in ripe if self._has_room(is_first=turn.is_first)]
        if not free:
            return None
        turn = min(free, key=lambda one: (not one.is_first, self._noticed_ms[one.hole]))
        self._under_way[turn.hole.symbol] = turn.is_first
        return turn

    def end(self, turn: HoleTurn) -> None:
        """A hole was filled, or given up."""
        self._under_way.pop(turn.hole.symbol)
        self._noticed_ms.pop(turn.hole, None)

    def _has_room(self, *, is_first: bool) -> bool:
        return sum(1 for first in self._under_way.values() if first is is_first) < self._most_at_once
