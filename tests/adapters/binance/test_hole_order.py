"""Which hole is filled next: where something is at stake first, then the oldest, so many at once."""

from collections.abc import Iterable

from adapters.binance.hole_order import HoleOrder, HoleTurn, NothingAtStake
from adapters.binance.streams.hole_watch import CandleHole

PATIENCE_MS = 3_000


class AtStake:
    def __init__(self, *symbols: str) -> None:
        self.symbols = set(symbols)

    def symbols_at_stake(self) -> set[str]:
        return self.symbols


def holes(*symbols: str) -> list[CandleHole]:
    return [CandleHole(symbol, 0, 60_000, 1.0) for symbol in symbols]


def begun(order: HoleOrder, now_ms: int) -> list[HoleTurn]:
    turns: list[HoleTurn] = []
    while (turn := order.begin(now_ms)) is not None:
        turns.append(turn)
    return turns


def names(turns: Iterable[HoleTurn]) -> list[str]:
    return [turn.hole.symbol for turn in turns]


def test_a_hole_gets_time_to_close_by_itself() -> None:
    order = HoleOrder(NothingAtStake(), PATIENCE_MS, 8)
    order.notice(holes("A"), 0)
    assert not begun(order, 2_999)
    order.notice([], 2_999)
    order.notice(holes("A"), 3_000)
    assert not begun(order, 3_000)
    assert names(begun(order, 6_000)) == ["A"]


def test_what_is_at_stake_comes_first_then_the_oldest() -> None:
    order = HoleOrder(AtStake("D"), PATIENCE_MS, 8)
    order.notice(holes("B"), 0)
    order.notice(holes("A", "B", "C", "D"), 1)
    turns = begun(order, 5_000)
    assert names(turns) == ["D", "B", "A", "C"]
    assert [turn.is_first for turn in turns] == [True, False, False, False]


def test_no_more_than_so_many_are_under_way_and_none_twice() -> None:
    order = HoleOrder(NothingAtStake(), PATIENCE_MS, 2)
    order.notice(holes("A", "B", "C"), 0)
    first, second = begun(order, 5_000)
    assert names([first, second]) == ["A", "B"]
    order.end(second)
    assert names(begun(order, 5_000)) == ["C"]
    order.end(first)
    assert not begun(order, 5_000)


def test_what_is_at_stake_waits_for_nobody_else() -> None:
    stakes = AtStake()
    order = HoleOrder(stakes, PATIENCE_MS, 1)
    order.notice(holes("A", "B", "C", "D"), 0)
    assert names(begun(order, 5_000)) == ["A"]
    stakes.symbols = {"C", "D"}
    (turn,) = begun(order, 5_000)
    assert turn == HoleTurn(holes("C")[0], is_first=True)
    order.end(turn)
    assert names(begun(order, 5_000)) == ["D"]


def test_a_hole_that_opens_behind_one_under_way_waits_for_its_end() -> None:
    order = HoleOrder(NothingAtStake(), PATIENCE_MS, 8)
    order.notice(holes("A"), 0)
    (turn,) = begun(order, 3_000)
    later = CandleHole("A", 120_000, 180_000, 1.0)
    order.notice([later], 4_000)
    assert not begun(order, 8_000)
    order.end(turn)
    assert [one.hole for one in begun(order, 8_000)] == [later]
