import math

import pytest

from application.ended_sample import Dropped, DroppedSample
from application.harvest_summary import SetupsSeen, SetupTally, summary_of
from domain.learning.outcome import LabelledSample
from domain.market.timeframe import HOUR_MS
from tests.learning_samples import A_SAMPLE, a_sample, an_outcome


def resolved(net_r: float, from_hour: int, until_hour: int) -> LabelledSample:
    sample = a_sample(decided_at_ms=from_hour * HOUR_MS)
    return LabelledSample(sample, an_outcome(net_r=net_r, resolved_at_ms=until_hour * HOUR_MS))


def seen(*ended: LabelledSample | DroppedSample) -> SetupsSeen:
    tally = SetupTally()
    for one in ended:
        tally.note(one)
    return summary_of({"BTCUSDT": tally}).by_symbol["BTCUSDT"]


def test_samples_are_counted_by_how_they_ended() -> None:
    told = seen(
        resolved(1.0, 0, 1),
        DroppedSample(A_SAMPLE, Dropped.HOLE, is_entered=True),
        DroppedSample(A_SAMPLE, Dropped.NEVER_ENTERED, is_entered=False),
        DroppedSample(A_SAMPLE, Dropped.NEVER_ENTERED, is_entered=False),
    )
    assert (told.found, told.entered, told.resolved) == (4, 2, 1)
    assert told.dropped == {Dropped.HOLE: 1, Dropped.NEVER_ENTERED: 2}


def test_trades_one_after_the_other_count_each_in_full() -> None:
    told = seen(resolved(1.0, 0, 1), resolved(-1.0, 1, 2), resolved(-1.5, 2, 3))
    assert told.effective_size == pytest.approx(3.0)
    assert told.win_rate == 1 / 3
    assert told.mean_net_r == -0.5
    assert told.standard_error == pytest.approx(math.sqrt((1.5**2 + 0.5**2 + 1.0**2) / 2 / 3))


def test_trades_of_one_time_count_as_one_so_the_error_is_wider() -> None:
    told = seen(resolved(1.0, 0, 1), resolved(-1.0, 0, 1))
    assert told.effective_size == pytest.approx(1.0)
    assert told.standard_error == pytest.approx(math.sqrt(2.0))


def test_where_nothing_was_resolved_nothing_is_said() -> None:
    told = seen()
    assert (told.win_rate, told.mean_net_r, told.standard_error) == (None, None, None)
    assert told.effective_size == 0.0


def test_one_trade_has_a_mean_and_no_error() -> None:
    told = seen(resolved(0.5, 0, 1))
    assert (told.mean_net_r, told.standard_error) == (0.5, None)


def test_symbols_of_one_time_are_summed_as_one_story() -> None:
    btc, eth = SetupTally(), SetupTally()
    btc.note(resolved(1.0, 0, 1))
    eth.note(resolved(0.0, 0, 1))
    eth.note(DroppedSample(A_SAMPLE, Dropped.TAPE_ENDED, is_entered=True))
    summary = summary_of({"BTCUSDT": btc, "ETHUSDT": eth})
    assert (summary.total.found, summary.total.entered, summary.total.resolved) == (3, 3, 2)
    assert summary.total.mean_net_r == 0.5
    assert summary.total.effective_size == pytest.approx(1.0)
    assert [one.resolved for one in summary.by_symbol.values()] == [1, 1]
