import math
from dataclasses import replace
from decimal import Decimal

import pytest

from application.decision import EquityMark
from application.net_r_estimate import Estimate
from application.random_trades import NoRandomTrade, RandomTrade
from application.session_report import SessionReport, build_report
from application.session_tally import SessionTally
from application.walk_forward_figures import OutOfSample
from application.walk_forward_report import (
    Finding,
    RandomOutcome,
    Traded,
    Way,
    r_in_words,
    report_on,
    traded_by,
    verdict_on,
)
from application.walk_forward_trials import TrialsHeld
from domain.position.closed_trade import ExitReason
from tests.learning_samples import SeededChance, a_closed_trade
from tests.walk_reports import (
    AN_EDGE,
    GATE,
    LOST,
    NOBODY_TRIED,
    PROMOTED,
    SEEN,
    STEPS,
    STRETCHES,
    WITHOUT,
    WON,
)

LEAST = 100.0


def finding(
    seen: OutOfSample = SEEN,
    trials: TrialsHeld = PROMOTED,
    traded: tuple[Traded, ...] = (WITHOUT, GATE),
    least: float = LEAST,
) -> Finding:
    return verdict_on(seen, STRETCHES, trials, traded, least).finding


def test_an_edge_is_found_where_every_test_says_so() -> None:
    verdict = verdict_on(SEEN, STRETCHES, PROMOTED, (WITHOUT, GATE), LEAST)
    assert verdict.finding is Finding.EDGE
    assert "better than" in verdict.reasons[0]
    assert "promoted 1 of" in verdict.reasons[3]


@pytest.mark.parametrize(
    "lacking", ["base rate", "context", "taken", "none taken", "gate", "trading", "no trades"]
)
def test_a_single_test_that_fails_is_enough_for_no_edge(lacking: str) -> None:
    unproven = SEEN.against_context._replace(better_by=LOST)
    seen = {
        "base rate": SEEN._replace(against_base_rate=unproven),
        "context": SEEN._replace(against_context=unproven),
        "taken": SEEN._replace(net_r=SEEN.net_r._replace(taken=LOST)),
        "none taken": SEEN._replace(net_r=SEEN.net_r._replace(taken=None)),
    }.get(lacking, SEEN)
    gates = {"trading": (GATE._replace(believed=LOST),), "no trades": (GATE._replace(believed=None),)}
    trials = NOBODY_TRIED if lacking == "gate" else PROMOTED
    assert finding(seen, trials, gates.get(lacking, (GATE,))) is Finding.NO_EDGE


def test_what_the_gate_never_let_trade_is_no_edge() -> None:
    assert finding(traded=(WITHOUT,)) is Finding.NO_EDGE


def test_too_few_setups_are_called_too_few_whatever_they_gave() -> None:
    verdict = verdict_on(SEEN, STRETCHES, PROMOTED, (GATE,), SEEN.effective_size + 1.0)
    assert verdict.finding is Finding.TOO_LITTLE
    assert "independent ones" in verdict.reasons[0]


def test_not_to_trade_is_called_what_it_is() -> None:
    idle = GATE._replace(believed=None)
    nothing_taken = SEEN._replace(net_r=SEEN.net_r._replace(taken=None))
    reasons = verdict_on(nothing_taken, STRETCHES, PROMOTED, (WITHOUT, idle, GATE), LEAST).reasons
    assert "their advice was not to trade" in reasons[2]
    assert ["is no edge" in reason for reason in reasons[4:]] == [False, True, False]


def test_without_a_model_the_reason_is_told() -> None:
    verdict = verdict_on(None, STRETCHES, NOBODY_TRIED, (WITHOUT,), LEAST)
    assert verdict.finding is Finding.TOO_LITTLE
    assert "too few by hand" in verdict.reasons[0]
    assert "months" in verdict_on(None, (), NOBODY_TRIED, (), LEAST).reasons[0]


@pytest.mark.parametrize("kind", [Finding.NO_EDGE, Finding.TOO_LITTLE])
def test_every_other_headline_tells_to_keep_real_money_out(kind: Finding) -> None:
    least = LEAST if kind is Finding.NO_EDGE else 1e9
    verdict = verdict_on(SEEN, STRETCHES, NOBODY_TRIED, (WITHOUT,), least)
    assert verdict.finding is kind
    assert "no reason" in verdict.headline or "Nothing here is a reason" in verdict.headline


def test_words_tell_what_an_interval_allows_to_be_said() -> None:
    assert r_in_words(WON) == "+0.200 R (+0.100 to +0.300), above zero"
    assert r_in_words(LOST) == "-0.100 R (-0.200 to -0.010), below zero"
    assert r_in_words(Estimate(2, 0.1, -0.1, 0.3, 9)).endswith("not told from zero")
    assert r_in_words(None) == "none"
    lonely = Estimate(4, 0.8, -math.inf, math.inf, 2)
    assert r_in_words(lonely) == "+0.800 R (too few to tell), not told from zero"


def test_a_walk_is_summed_up_with_warnings_before_the_verdict() -> None:
    trade = RandomTrade("BTCUSDT", STEPS[1].at_ms + 1, STEPS[1].at_ms + 2, -0.5, ExitReason.STOP)
    at_random = RandomOutcome([trade], {NoRandomTrade.HOLE: 2})
    told = report_on(
        seed=4,
        setups=AN_EDGE.setups,
        steps=STEPS[:2],
        at_random=at_random,
        trials=PROMOTED,
        traded=[WITHOUT],
        chance=SeededChance(4),
        least_size=LEAST,
        warnings=["Made by hand."],
    )
    assert told.verdict.headline.startswith("Made by hand. ")
    assert (told.seed, len(told.stretches), told.traded) == (4, 2, (WITHOUT,))
    assert told.not_random == {NoRandomTrade.HOLE: 2}
    assert told.out_of_sample is not None
    assert told.out_of_sample.net_r.random is not None


def a_session() -> SessionReport:
    explored = a_closed_trade("BTCUSDT.L.1", r_multiple="-1")
    believed = replace(a_closed_trade("BTCUSDT.L.2"), is_exploration=False, confidence=0.6)
    tally = SessionTally(first_at_ms=0, last_at_ms=1, marks=[EquityMark(0, Decimal(100), Decimal(100))])
    return build_report(tally, [explored, believed], [], Decimal(100), Decimal(178))


def test_a_backtest_is_summed_up_with_what_a_model_believed_in_apart() -> None:
    traded = traded_by(Way.GATE, a_session(), PROMOTED.changes, SeededChance(1))
    assert (traded.way, traded.seats, traded.trades, traded.explored) == (Way.GATE, 1, 2, 1)
    assert traded.net_pnl == Decimal(78)
    assert traded.r is not None
    assert traded.r.mean == pytest.approx(0.125)
    assert traded.believed is not None
    assert (traded.believed.cases, traded.believed.mean) == (1, 1.25)
    assert len(traded.equity) == 1
