"""Streams that were acknowledged and say nothing."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.binance.streams.stream_watch import StreamWatch, WatchReport, WatchRules

RULES = WatchRules()
LIVELY = frozenset({"a", "b", "c"})
NOTHING = WatchReport()


def reports(
    watch: StreamWatch, heard_at: Callable[[int], frozenset[str]], from_s: int, until_s: int
) -> dict[int, WatchReport]:
    looks = {second: watch.look(second * 1_000, heard_at(second)) for second in range(from_s, until_s)}
    return {second: report for second, report in looks.items() if report != NOTHING}


def test_streams_that_speak_need_nothing() -> None:
    assert not reports(StreamWatch(LIVELY, RULES, 0), lambda _: LIVELY, 1, 600)


def test_one_silent_stream_is_warned_of_renewed_and_then_gets_a_new_connection() -> None:
    watch = StreamWatch(LIVELY, RULES, 0)
    told = reports(watch, lambda second: LIVELY if second < 5 else LIVELY - {"b"}, 1, 60)
    assert told == {
        14: WatchReport(silent=("b",)),
        34: WatchReport(resubscribe=("b",)),
        44: WatchReport(reconnect=("b",)),
    }


def test_one_that_comes_back_is_told_and_forgiven() -> None:
    watch = StreamWatch(LIVELY, RULES, 0)
    reports(watch, lambda second: LIVELY if second < 5 else LIVELY - {"b"}, 1, 40)
    assert watch.look(40_000, LIVELY) == WatchReport(back=("b",))
    assert not reports(watch, lambda _: LIVELY, 41, 300)


def test_when_all_fall_silent_the_connection_is_replaced_at_once() -> None:
    watch = StreamWatch(LIVELY, RULES, 0)
    told = reports(watch, lambda second: LIVELY if second < 5 else frozenset(), 1, 36)
    assert set(told[14].silent) == set(LIVELY)
    assert set(told[34].reconnect) == set(LIVELY)


def test_a_connection_on_which_nothing_ever_comes_is_renewed_and_then_replaced() -> None:
    watch = StreamWatch(LIVELY, RULES, 0)
    told = reports(watch, lambda _: frozenset(), 1, 50)
    assert set(told[30].resubscribe) == set(LIVELY)
    assert set(told[40].reconnect) == set(LIVELY)
    assert not watch.is_anything_live


def test_a_stream_that_pauses_by_nature_is_given_three_times_its_pause() -> None:
    watch = StreamWatch(("quiet", "busy"), RULES, 0)

    def heard(second: int) -> frozenset[str]:
        return frozenset({"busy", "quiet"}) if second % 60 == 0 else frozenset({"busy"})

    reports(watch, heard, 0, 300)
    assert not reports(watch, heard, 300, 3_600)


def test_a_new_connection_gives_every_stream_its_time_again() -> None:
    watch = StreamWatch(LIVELY, RULES, 0)
    reports(watch, lambda _: LIVELY, 1, 10)
    watch.asked_again(60_000, after_outage=True)
    assert not reports(watch, lambda _: frozenset(), 61, 70)


def test_an_outage_does_not_make_the_watch_patient() -> None:
    watch = StreamWatch(LIVELY, RULES, 0)
    reports(watch, lambda _: LIVELY, 1, 10)
    watch.asked_again(3_600_000, after_outage=True)
    told = reports(watch, lambda second: LIVELY if second < 3_605 else LIVELY - {"b"}, 3_601, 3_640)
    assert [second for second, report in told.items() if report.resubscribe] == [3_634]


def test_a_dead_symbol_costs_one_connection_and_ever_rarer_renewals() -> None:
    watch = StreamWatch((*LIVELY, "dead"), RULES, 0)
    told = reports(watch, lambda _: LIVELY, 1, 20_000)
    assert sum(bool(report.reconnect) for report in told.values()) == 1
    assert sum(bool(report.resubscribe) for report in told.values()) < 20


@settings(max_examples=10)
@given(st.lists(st.integers(20, 400), min_size=1, max_size=8), st.integers(0, 5))
def test_merely_quiet_symbols_never_cause_a_storm(pauses_s: list[int], offset: int) -> None:
    quiet = {f"quiet{number}": pause_s for number, pause_s in enumerate(pauses_s)}
    watch = StreamWatch((*LIVELY, *quiet), RULES, 0)

    def heard(second: int) -> frozenset[str]:
        spoke = frozenset(name for name, pause_s in quiet.items() if (second + offset) % pause_s == 0)
        return LIVELY | spoke

    told = reports(watch, heard, 1, 3_000)
    connections = [second for second, report in told.items() if report.reconnect]
    assert all(later - earlier >= 300 for earlier, later in pairwise(connections))
    assert all(second < 1_500 for second in connections)


@settings(max_examples=30)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=60), st.booleans())
def test_whatever_its_pauses_were_a_lively_stream_that_dies_is_renewed_in_half_a_minute(
    pauses_s: list[int], others_speak: bool
) -> None:
    watch = StreamWatch(("a", "b"), RULES, 0)
    speaks_at, second = set[int](), 0
    for pause_s in pauses_s:
        second += pause_s
        speaks_at.add(second)

    def heard(at_s: int) -> frozenset[str]:
        spoke = {"a"} if at_s in speaks_at else set[str]()
        return frozenset(spoke | ({"b"} if others_speak or at_s <= second else set()))

    told = reports(watch, heard, 1, second + 40)
    renewed = [at_s for at_s, report in told.items() if "a" in report.resubscribe + report.reconnect]
    assert renewed[0] == second + 30
