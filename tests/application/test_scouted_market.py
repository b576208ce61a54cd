from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.market_minutes import Busy, CalmPrices, Minute
from application.ports.candle_tape import TapeRefused
from application.scouted_market import ScoutedMarket
from domain.market.candle import Candle
from domain.market.candle_run import CandleList, CandleRun

STEP_MS = 60_000
BTC, ETH, SOL = "BTCUSDT", "ETHUSDT", "SOLUSDT"
NOBODY: Busy = {}
ANY = CalmPrices(0.5, 2.0)


class ScriptedScout:
    """Stops at the minutes of a list, and keeps every candle it took."""

    def __init__(self, stops: Sequence[int] = ()) -> None:
        self.stops = stops
        self.taken: list[int] = []

    def ahead(self, run: CandleRun) -> int:
        for index in range(len(run)):
            self.follow(run.part(index, index + 1))
            if self.taken[-1] in self.stops:
                return index
        return len(run)

    def follow(self, run: CandleRun) -> None:
        self.taken += [minute_of(run.candle(index)) for index in range(len(run))]


def candle(minute: int) -> Candle:
    return Candle(minute * STEP_MS, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5)


def minute_of(one: Candle) -> int:
    return one.open_time_ms // STEP_MS


def run_of(*minutes: int) -> CandleList:
    return CandleList([candle(minute) for minute in minutes])


def minutes_in(told: Candle | CandleRun) -> list[int]:
    if isinstance(told, Candle):
        return [minute_of(told)]
    return [minute_of(told.candle(index)) for index in range(len(told))]


def market_of(
    runs: dict[str, list[CandleList]], stops: dict[str, list[int]] | None = None
) -> tuple[ScoutedMarket, dict[str, ScriptedScout]]:
    scouts = {symbol: ScriptedScout((stops or {}).get(symbol, ())) for symbol in runs}
    return ScoutedMarket(
        {symbol: iter(of) for symbol, of in runs.items()}, scouts, STEP_MS, 5 * STEP_MS
    ), scouts


def in_words(minute: Minute | None) -> tuple[int, list[str], list[str]] | None:
    """Tell when it opens, and by symbol what is told late and what at its close: `B 1-3`, alone as `B 3!`."""
    if minute is None:
        return None
    late = [f"{symbol[0]} {_span(told)}" for symbol, told in minute.late]
    return minute.opened_ms // STEP_MS, late, [f"{symbol[0]} {_span(told)}" for symbol, told in minute.closes]


def _span(told: Candle | CandleRun) -> str:
    minutes = minutes_in(told)
    return f"{minutes[0]}!" if isinstance(told, Candle) else f"{minutes[0]}-{minutes[-1]}"


def test_quiet_candles_are_told_before_the_next_that_must_be_seen() -> None:
    market, _ = market_of({BTC: [run_of(*range(10))]}, {BTC: [4]})
    assert in_words(market.next_minute(NOBODY)) == (0, [], ["B 0!"])
    assert in_words(market.next_minute(NOBODY)) == (4, ["B 1-3"], ["B 4!"])
    assert in_words(market.next_minute(NOBODY)) == (9, ["B 5-8"], ["B 9!"])
    assert market.next_minute(NOBODY) is None
    assert market.is_over


def test_whoever_is_busy_is_given_candle_by_candle() -> None:
    market, scouts = market_of({BTC: [run_of(*range(8))]}, {BTC: [2]})
    market.next_minute(NOBODY)
    assert in_words(market.next_minute(NOBODY)) == (2, ["B 1-1"], ["B 2!"])
    assert in_words(market.next_minute({BTC: None})) == (3, [], ["B 3!"])
    assert in_words(market.next_minute({BTC: None})) == (4, [], ["B 4!"])
    assert in_words(market.next_minute(NOBODY)) == (7, ["B 5-6"], ["B 7!"])
    assert scouts[BTC].taken == list(range(8))


def test_while_anybody_is_busy_every_symbol_tells_of_every_minute() -> None:
    market, _ = market_of({ETH: [run_of(*range(9))], BTC: [run_of(*range(9))]}, {ETH: [3]})
    assert in_words(market.next_minute(NOBODY)) == (0, [], ["B 0!", "E 0!"])
    assert in_words(market.next_minute(NOBODY)) == (3, ["E 1-2"], ["E 3!"])
    assert in_words(market.next_minute({ETH: None})) == (4, [], ["B 1-4", "E 4!"])
    assert in_words(market.next_minute({ETH: None})) == (5, [], ["B 5-5", "E 5!"])
    assert in_words(market.next_minute(NOBODY)) == (8, ["B 6-7", "E 6-7"], ["B 8!", "E 8!"])


def with_orders_reached() -> CandleList:
    minutes = [candle(minute) for minute in range(24)]
    minutes[12] = minutes[12]._replace(low=0.5)
    minutes[17] = minutes[17]._replace(high=2.0)
    return CandleList(minutes)


def test_where_orders_of_the_only_symbol_wait_bars_are_shown_and_what_reaches_an_order() -> None:
    market, scouts = market_of({BTC: [with_orders_reached()]}, {BTC: [2, 8]})
    assert in_words(market.next_minute(NOBODY)) == (0, [], ["B 0!"])
    assert in_words(market.next_minute(NOBODY)) == (2, ["B 1-1"], ["B 2!"])
    told = [in_words(market.next_minute({BTC: ANY})) for _ in range(6)]
    assert told == [
        (4, ["B 3-3"], ["B 4!"]),
        (9, ["B 5-8"], ["B 9!"]),
        (12, ["B 10-11"], ["B 12!"]),
        (14, ["B 13-13"], ["B 14!"]),
        (17, ["B 15-16"], ["B 17!"]),
        (19, ["B 18-18"], ["B 19!"]),
    ]
    assert in_words(market.next_minute(NOBODY)) == (23, ["B 20-22"], ["B 23!"])
    assert scouts[BTC].taken == list(range(24))


def test_of_a_minute_that_any_must_see_every_symbol_tells_while_one_is_busy() -> None:
    market, scouts = market_of({BTC: [with_orders_reached()], ETH: [run_of(*range(24))]}, {ETH: [13]})
    market.next_minute(NOBODY)
    told = [in_words(market.next_minute({BTC: ANY})) for _ in range(5)]
    assert told == [
        (4, ["B 1-3"], ["B 4!", "E 1-4"]),
        (9, ["B 5-8"], ["B 9!", "E 5-9"]),
        (12, ["B 10-11"], ["B 12!", "E 10-12"]),
        (13, [], ["B 13!", "E 13!"]),
        (14, [], ["B 14!", "E 14-14"]),
    ]
    assert in_words(market.next_minute(NOBODY)) == (23, ["B 15-22", "E 15-22"], ["B 23!", "E 23!"])
    assert [scouts[symbol].taken for symbol in (BTC, ETH)] == [list(range(24))] * 2


@pytest.mark.parametrize(("until_ms", "minute"), [(6 * STEP_MS, 5), (6 * STEP_MS + 1, 6), (0, 5)])
def test_the_minute_that_closes_when_the_calm_ends_is_told_of_by_every_symbol(
    until_ms: int, minute: int
) -> None:
    market, _ = market_of({BTC: [run_of(*range(12))], ETH: [run_of(*range(12))]})
    market.next_minute(NOBODY)
    assert in_words(market.next_minute({BTC: ANY})) == (4, ["B 1-3"], ["B 4!", "E 1-4"])
    late = [f"B 5-{minute - 1}"] if minute > 5 else []
    expected = (minute, late, [f"B {minute}!", f"E 5-{minute}"])
    assert in_words(market.next_minute({BTC: ANY._replace(until_ms=until_ms)})) == expected


def test_a_symbol_without_a_candle_at_the_end_of_the_calm_does_not_hide_the_others() -> None:
    market, _ = market_of({BTC: [run_of(0, 1), run_of(9, 10)], ETH: [run_of(*range(11))]})
    market.next_minute(NOBODY)
    calm = {BTC: ANY._replace(until_ms=5 * STEP_MS)}
    told = [in_words(market.next_minute(calm)) for _ in range(3)]
    assert told == [(1, [], ["B 1!", "E 1-1"]), (4, [], ["E 2-4"]), (5, [], ["E 5-5"])]


def test_a_candle_that_cannot_be_true_and_the_last_of_a_day_are_shown_to_waiting_orders_too() -> None:
    start = 1_438 - 1_438 % 7
    minutes = [candle(minute) for minute in range(start, start + 9)]
    minutes[3] = minutes[3]._replace(volume=-1.0)
    scouts = {BTC: ScriptedScout()}
    market = ScoutedMarket({BTC: iter([CandleList(minutes)])}, scouts, STEP_MS, 7 * STEP_MS)
    shown = [in_words(market.next_minute({BTC: ANY})) for _ in range(5)]
    assert [one[0] - start for one in shown if one is not None] == [0, 3, 1_439 - start, 6, 8]


def test_the_first_candle_after_a_hole_is_given_by_itself() -> None:
    market, _ = market_of({BTC: [run_of(0, 1, 2), run_of(5, 6, 7), run_of(8, 9, 10)]})
    told = [in_words(market.next_minute(NOBODY)) for _ in range(4)]
    assert told == [
        (0, [], ["B 0!"]),
        (5, ["B 1-2"], ["B 5!"]),
        (10, ["B 6-7", "B 8-9"], ["B 10!"]),
        None,
    ]


def test_a_hole_in_one_symbol_does_not_stop_the_minutes_of_a_busy_one() -> None:
    market, _ = market_of({BTC: [run_of(0, 1), run_of(6, 7)], ETH: [run_of(*range(8))]})
    market.next_minute(NOBODY)
    told = [in_words(market.next_minute({BTC: None})) for _ in range(7)]
    assert [one and one[0] for one in told] == [1, 2, 3, 4, 5, 6, 7]
    assert told[1] == (2, [], ["E 2-2"])


def test_a_tape_is_refused_at_the_minute_of_its_last_good_candle() -> None:
    def torn() -> Iterator[CandleRun]:
        yield run_of(0, 1, 2, 3)
        raise TapeRefused("torn", 5, "low is not above zero")

    scouts = {BTC: ScriptedScout(), ETH: ScriptedScout([2, 3])}
    market = ScoutedMarket({BTC: torn(), ETH: iter([run_of(*range(6))])}, scouts, STEP_MS, 5 * STEP_MS)
    assert in_words(market.next_minute(NOBODY)) == (0, [], ["B 0!", "E 0!"])
    assert in_words(market.next_minute(NOBODY)) == (2, ["E 1-1"], ["E 2!"])
    with pytest.raises(TapeRefused):
        market.next_minute(NOBODY)


def test_a_market_without_candles_is_over_before_it_began() -> None:
    market, _ = market_of({BTC: [], ETH: []})
    assert market.is_over
    assert market.next_minute(NOBODY) is None


@st.composite
def tapes(draw: st.DrawFn) -> list[CandleList]:
    """Runs with a hole between some of them."""
    runs, minute = [], draw(st.integers(0, 5))
    for length in draw(st.lists(st.integers(1, 9), min_size=1, max_size=4)):
        runs.append(run_of(*range(minute, minute + length)))
        minute += length + draw(st.sampled_from([0, 0, 1, 7]))
    return runs


@given(
    st.dictionaries(st.sampled_from([BTC, ETH, SOL]), tapes(), min_size=1),
    st.dictionaries(st.sampled_from([BTC, ETH, SOL]), st.lists(st.integers(0, 40)), min_size=3),
    st.lists(
        st.dictionaries(st.sampled_from([BTC, ETH, SOL]), st.sampled_from([None, ANY, CalmPrices(1.0, 3.0)])),
        max_size=30,
    ),
)
def test_every_candle_is_told_once_in_order_and_the_scout_sees_each_before(
    runs: dict[str, list[CandleList]], stops: dict[str, list[int]], busy: list[Busy]
) -> None:
    market, scouts = market_of(runs, stops)
    told: dict[str, list[int]] = {symbol: [] for symbol in runs}
    alone: dict[str, set[int]] = {symbol: set() for symbol in runs}
    now, who_is_busy = -1, iter(busy)
    while (minute := market.next_minute(wanted := next(who_is_busy, NOBODY))) is not None:
        opened = minute.opened_ms // STEP_MS
        assert opened > now
        if None in wanted.values():
            everyone = {at for symbol in runs for run in runs[symbol] for at in minutes_in(run) if at > now}
            assert opened == min(everyone)
        now = opened
        for symbol, run in minute.late:
            told[symbol] += minutes_in(run)
            assert told[symbol][-1] < opened
            assert symbol in dict(minute.candles)
        for symbol, one in minute.closes:
            told[symbol] += minutes_in(one)
            if isinstance(one, Candle):
                alone[symbol].add(opened)
        assert [symbol for symbol, _ in minute.closes] == sorted(symbol for symbol, _ in minute.closes)
        here = {symbol for symbol in runs for run in runs[symbol] if opened in minutes_in(run)}
        if wanted:
            assert wanted.keys() & here <= {symbol for symbol, _ in minute.candles}
            assert here == {symbol for symbol, _ in minute.closes}
        for symbol in wanted.keys() & {symbol for symbol, _ in (*minute.late, *minute.closes)}:
            assert wanted[symbol] != CalmPrices(1.0, 3.0) or symbol in dict(minute.candles)
    for symbol, of in runs.items():
        everything = [at for run in of for at in minutes_in(run)]
        assert told[symbol] == everything
        assert scouts[symbol].taken == everything[: len(scouts[symbol].taken)]
        holes = {at for before, at in zip([-9, *everything], everything, strict=False) if at != before + 1}
        must_be_alone = holes | {everything[-1]}
        if all(wanted.get(symbol) is None for wanted in busy):
            must_be_alone |= set(stops[symbol]) & set(everything)
        assert must_be_alone <= alone[symbol]
