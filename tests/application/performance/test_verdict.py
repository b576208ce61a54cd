"""No session may be called good for what luck, chance or many tries can give."""

import random
from dataclasses import replace

import pytest

from application.performance.verdict import Verdict, found
from application.report_page import Mood
from tests.application.performance.sample_reports import performance_of

DRAW = random.Random(11)
COIN = [DRAW.gauss(-0.1, 1.0) for _ in range(2_000)]
GOOD = [DRAW.gauss(0.5, 1.0) for _ in range(300)]
FLAT = [DRAW.gauss(0.0, 1.0) for _ in range(300)]


def test_no_trade_is_no_verdict() -> None:
    verdict, words = found(performance_of([]))
    assert verdict is Verdict.NOTHING_TRADED
    assert words.mood is Mood.DOUBTFUL


def test_a_few_trades_tell_nothing_however_good() -> None:
    verdict, words = found(performance_of([3.0] * 29, 1, COIN))
    assert verdict is Verdict.TOO_FEW
    assert "29 trades within 15 days, on average +3.000 R" in words.text


def test_many_trades_of_one_day_tell_nothing_either() -> None:
    assert found(performance_of(GOOD, 1, COIN, a_day=1_000)).verdict is Verdict.TOO_FEW


def test_a_loss_beyond_luck_is_called_a_loss() -> None:
    verdict, words = found(performance_of([one - 1.0 for one in GOOD], 1, COIN, a_day=8))
    assert verdict is Verdict.LOSES
    assert words.text.startswith("This loses money, and not by bad luck: -0.")
    assert words.mood is Mood.BAD


def test_a_mean_about_zero_is_no_edge() -> None:
    assert found(performance_of(FLAT, 1, COIN, a_day=8)).verdict is Verdict.NO_EDGE


def test_an_edge_is_visible_where_nothing_else_explains_it() -> None:
    verdict, words = found(performance_of(GOOD, 20, COIN, a_day=8))
    assert verdict is Verdict.VISIBLE
    assert words.mood is Mood.GOOD
    assert words.text.endswith("Whether it is there in others, only others can tell.")


@pytest.mark.parametrize(
    ("trials", "random_results", "doubt"),
    [
        (None, COIN, "it is not known of how many variants this is the best (--trials tells)"),
        (10**60, COIN, "may look like this by luck (deflated Sharpe"),
        (1, [], "it was not compared with random entries"),
        (1, GOOD, "random entries do as well in"),
    ],
)
def test_each_doubt_alone_denies_it(trials: int | None, random_results: list[float], doubt: str) -> None:
    verdict, words = found(performance_of(GOOD, trials, random_results, a_day=8))
    assert verdict is Verdict.NOT_PROVEN
    assert doubt in words.text
    assert words.mood is Mood.DOUBTFUL


def test_a_good_mean_on_a_shrunken_account_is_no_proof() -> None:
    performance = performance_of(GOOD, 1, COIN, a_day=8)
    totals = performance.report.totals._replace(net_pnl=-performance.report.totals.net_pnl)
    shrunken = replace(performance, report=replace(performance.report, totals=totals))
    verdict, words = found(shrunken)
    assert verdict is Verdict.NOT_PROVEN
    assert "the account did not grow" in words.text


def test_a_good_mean_without_a_sharpe_ratio_is_no_proof() -> None:
    verdict, words = found(replace(performance_of(GOOD, 1, COIN, a_day=8), sharpe=None))
    assert verdict is Verdict.NOT_PROVEN
    assert "too few days" in words.text


@pytest.mark.parametrize("seed", range(4))
def test_pure_chance_is_not_called_an_edge(seed: int) -> None:
    draw = random.Random(seed)
    results = [draw.choice([-1.0, 1.0]) for _ in range(80)]
    assert found(performance_of(results, 100, COIN, a_day=4)).verdict is not Verdict.VISIBLE
