import random
from dataclasses import replace

from application.performance.headline import headline
from application.performance.performance import measured
from application.report_page import Mood
from tests.application.performance.sample_reports import performance_of, report_of, trades_of
from tests.learning_samples import SeededChance

DRAW = random.Random(5)
COIN = [DRAW.gauss(-0.1, 1.0) for _ in range(2_000)]


def lines(results: list[float], random_results: list[float]) -> list[str]:
    return [words.text for words in headline(performance_of(results, 1, random_results))]


def test_it_tells_what_was_traded_and_what_came_of_it() -> None:
    told = lines([1.0, -0.5] * 20, [])
    assert told[1] == (
        "40 trades (BTCUSDT) from 2023-01-01 to 2023-01-20; wallet 10,000.00 -> 10,100.00 (+1.00%),"
        " net P&L 100.00, largest drawdown 0.05%."
    )


def test_it_tells_what_costs_took() -> None:
    assert lines([1.0, -0.5] * 20, [])[3] == (
        "Before costs +0.300 R a trade (120.00), of which costs took 0.050 R: fees 16.00, funding 4.00."
        " Slippage is in the prices, and so in what was made before costs."
    )


def test_random_entries_that_do_better_are_told_as_a_fault() -> None:
    beside = headline(performance_of([-1.0, 0.5] * 100, 1, [one + 2.0 for one in COIN], a_day=8))[2]
    assert beside.text.startswith("Worse than random entries: ")
    assert beside.mood is Mood.BAD


def test_entries_no_better_than_random_ones_are_told_as_a_fault() -> None:
    beside = headline(performance_of(COIN[:300], 1, COIN, a_day=8))[2]
    assert beside.text.startswith(
        "No better than random entries: under the same exits and costs these gave -0."
    )
    assert beside.mood is Mood.BAD


def test_entries_better_than_random_ones_are_told_plainly() -> None:
    beside = headline(performance_of([one + 1.0 for one in COIN[:300]], 1, COIN, a_day=8))[2]
    assert beside.text.startswith("Better than random entries: ")
    assert beside.mood is Mood.PLAIN


def test_no_comparison_is_a_doubt() -> None:
    beside = headline(performance_of([1.0, -1.0] * 100, a_day=8))[2]
    assert beside.mood is Mood.DOUBTFUL


def test_a_session_without_trades_tells_two_things() -> None:
    assert len(lines([], [])) == 2
    assert lines([], [])[1].startswith("0 trades (nothing) from 2023-01-01 to ")


def test_a_session_without_a_candle_says_so() -> None:
    performance = performance_of([])
    totals = performance.report.totals._replace(first_at_ms=None, last_at_ms=None)
    empty = replace(performance, report=replace(performance.report, totals=totals))
    assert headline(empty)[1].text == "No candle was traded."


def test_exploration_is_named() -> None:
    explored = trades_of([1.0, -1.0] * 20)
    believed = [replace(trade, is_exploration=False, confidence=0.6) for trade in explored]
    chance = SeededChance(1)
    told = [
        headline(measured(report_of(trades), 1, COIN, chance))[-1].text
        for trades in (explored, [*explored[:30], *believed[30:]], believed)
    ]
    assert told[0] == "No model's belief is behind any trade: all explore at a small fixed size."
    assert told[1].startswith("A model's belief is behind 25.0% of the trades; ")
    assert told[2].startswith("Before costs ")
