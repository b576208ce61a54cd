import math
from dataclasses import replace

import pytest

from application.random_trades import RandomTrade
from application.walk_forward_figures import (
    OutOfSample,
    bootstrap_over,
    is_taken,
    out_of_sample,
    stretch_of,
    top_of,
)
from domain.market.timeframe import DAY_MS
from domain.position.closed_trade import ExitReason
from tests.learning_samples import SeededChance
from tests.walks import BY_FIRST_FEATURE, NOISE, WITH_EDGE, HandTrainer, OneColumn, walked

STEPS = walked(WITH_EDGE)
JUDGED = [one for step in STEPS for one in step.judged]
WARY = {**BY_FIRST_FEATURE, b"wins": OneColumn(0, 0.0), b"expects": OneColumn(0, 0.0)}


def random_trade(place: int, net_r: float) -> RandomTrade:
    at_ms = WITH_EDGE[place].sample.decided_at_ms
    return RandomTrade("BTCUSDT", at_ms, at_ms + 60_000, net_r, ExitReason.STOP)


def _seen() -> OutOfSample:
    at_random = [random_trade(place, -0.5 + place % 2) for place in range(400)]
    seen = out_of_sample(STEPS, at_random, SeededChance(1))
    assert seen is not None
    return seen


SEEN = _seen()


def test_a_true_edge_is_seen_in_probabilities_and_results() -> None:
    seen = out_of_sample(
        STEPS, [random_trade(place, -0.5 + place % 2) for place in range(400)], SeededChance(1)
    )
    assert seen is not None
    assert seen.judged == len(JUDGED)
    assert 0.0 < seen.effective_size < seen.judged
    assert seen.against_base_rate.better_by.is_above_zero
    assert seen.against_context.better_by.is_above_zero
    assert seen.reliability.calibration_error < 0.05
    taken, top, every, at_random = seen.net_r.taken, seen.net_r.top, seen.net_r.every, seen.net_r.random
    assert taken is not None
    assert top is not None
    assert at_random is not None
    assert top.mean > taken.mean > every.mean
    assert taken.is_above_zero
    assert at_random.cases == 400
    assert at_random.mean == pytest.approx(0.0)


def test_on_noise_probabilities_that_move_are_worse_than_the_base_rate() -> None:
    seen = out_of_sample(walked(NOISE), [], SeededChance(1))
    assert seen is not None
    assert seen.against_base_rate.share < 0.0
    assert seen.against_base_rate.better_by.high < 0.0
    assert seen.net_r.random is None


def test_a_model_that_never_would_trade_has_nothing_to_say_of_its_choice() -> None:
    seen = out_of_sample(walked(WITH_EDGE, forests=WARY), [], SeededChance(1))
    assert seen is not None
    assert seen.net_r.taken is None


def test_without_anything_judged_there_is_nothing_to_see() -> None:
    assert out_of_sample(walked(WITH_EDGE, trainer=HandTrainer(refuses=9)), [], SeededChance(1)) is None


def test_the_share_of_loss_that_is_gone_is_that_of_the_mean_squares() -> None:
    seen = SEEN
    own = math.fsum((one.probability - one.is_won) ** 2 for one in JUDGED) / len(JUDGED)
    assert seen.against_base_rate.brier == pytest.approx(own)
    assert seen.against_base_rate.reference == pytest.approx(0.25)
    assert seen.against_base_rate.share == pytest.approx(1.0 - own / 0.25)
    assert seen.against_base_rate.better_by.mean == pytest.approx(0.25 - own)


def test_a_stretch_tells_what_one_model_was_worth() -> None:
    step = STEPS[0]
    stretch = stretch_of(step)
    taken = [one for one in step.judged if is_taken(one)]
    assert (stretch.judged, stretch.taken) == (len(step.judged), len(taken))
    assert stretch.taken_net_r == pytest.approx(math.fsum(one.net_r for one in taken) / len(taken))
    assert stretch.brier_skill is not None
    assert stretch.refused is None


def test_a_stretch_without_a_model_tells_why() -> None:
    stretch = stretch_of(walked(WITH_EDGE, trainer=HandTrainer(refuses=1))[0])
    assert stretch.refused == "too few by hand"
    assert (stretch.model_id, stretch.brier_skill, stretch.mean_net_r, stretch.taken_net_r) == (None,) * 4


def test_the_top_is_a_tenth_ranked_by_what_was_expected_never_by_what_came() -> None:
    judged = STEPS[0].judged
    top = top_of(judged)
    assert len(top) == round(len(judged) / 10)
    least = min(one.expected_r for one in top)
    assert sum(one.expected_r > least for one in judged) == len(top) - 1
    turned = [
        one._replace(labelled=one.labelled._replace(outcome=replace(one.labelled.outcome, net_r=-one.net_r)))
        for one in judged
    ]
    assert [one.decided_at_ms for one in top_of(turned)] == [one.decided_at_ms for one in top]


def test_long_records_are_cut_into_weeks_and_short_ones_into_days() -> None:
    assert bootstrap_over(0, 140 * DAY_MS).block_ms == 7 * DAY_MS
    assert bootstrap_over(0, 139 * DAY_MS).block_ms == DAY_MS
