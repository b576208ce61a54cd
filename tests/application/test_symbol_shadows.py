import math
from dataclasses import replace
from decimal import Decimal
from typing import Self

import pytest

from application.desk_rules import DeskRules
from application.ended_sample import Dropped, DroppedSample, EndedSample, with_label
from application.shadow_rules import ShadowRules, SteadyFunding
from application.symbol_shadows import SymbolShadows
from domain.learning.belief import Belief, Question
from domain.learning.drift import DriftState
from domain.learning.no_model import NoModel
from domain.learning.outcome import LabelledSample, Outcome
from domain.learning.sample import Sample
from domain.learning.trained_model import TrainedModel
from domain.market.candle import Candle, CandleRefused
from domain.market.candle_aggregator import CandleAggregator
from domain.market.candle_run import CandleList
from domain.market.direction import Direction
from domain.market.instrument import Instrument
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from domain.market.trading_costs import TradingCosts
from domain.position.closed_trade import ExitReason
from domain.refusal import RefusalReason
from domain.setup.setup_rules import EntryStyle, SetupRules
from tests.application.drill import BTC, TEN_O_CLOCK, instrument
from tests.fakes.structure_engine import NOT_READY, OFFERS_A_LONG, OFFERS_A_SHORT, QUIET, ScriptedEngine
from tests.learning_samples import A_SAMPLE, a_closed_trade

NO_FUNDING = SteadyFunding(Decimal(0))
FREE = DeskRules(costs=TradingCosts(maker_fee=Decimal(0), taker_fee=Decimal(0), slippage=Decimal(0)))
RULES = ShadowRules(FREE, NoModel(), NO_FUNDING)
ENTRY, STOP, TARGET = 100.0, 98.87, 103.0
BELOW_ENTRY, ABOVE_TARGET, BELOW_STOP = 99.9, 103.1, 98.0


class NamedFeatures(ScriptedEngine):
    """Names the meaning of what it shows."""

    feature_schema = "schema-1"


class ByFirstFeature:
    """Believes what the first feature says."""

    def of(self, question: Question) -> Belief:
        return Belief(question.features[0], "first feature")

    def with_champion(self, model: TrainedModel | None, drift: DriftState) -> Self:
        raise LookupError(f"nobody told of {model} in {drift}")


class Play:
    """One symbol, a base bar a candle unless told otherwise, minute after minute."""

    def __init__(
        self, rules: ShadowRules = RULES, contract: Instrument | None = None, base_minutes: int = 1
    ) -> None:
        self.engine = NamedFeatures()
        aggregator = CandleAggregator(MINUTE_MS, base_minutes * MINUTE_MS)
        self.shadows = SymbolShadows(contract or instrument(BTC), aggregator, self.engine, rules)
        self.next_ms = TEN_O_CLOCK
        self.ended: list[EndedSample] = []

    def candle(self, price: float, high: float | None = None) -> None:
        told = Candle(self.next_ms, price, price if high is None else high, price, price, 10.0, 5.0)
        self.next_ms += MINUTE_MS
        self.ended += self.shadows.on_candle(told)

    def offer(self, price: float = 101.0) -> Sample:
        """Offer one long, and nothing from then on."""
        self.engine.market = OFFERS_A_LONG
        self.candle(price)
        self.engine.market = QUIET
        return self.shadows.growing[-1]

    @property
    def outcomes(self) -> list[Outcome]:
        return [one.outcome for one in self.ended if isinstance(one, LabelledSample)]

    @property
    def reasons(self) -> list[Dropped]:
        return [one.reason for one in self.ended if isinstance(one, DroppedSample)]


def test_a_setup_becomes_a_sample_with_what_was_known_at_its_bar() -> None:
    sample = Play().offer()
    assert sample.decided_at_ms == TEN_O_CLOCK + MINUTE_MS
    assert (sample.symbol, sample.direction, sample.schema_hash) == (BTC, Direction.LONG, "schema-1")
    assert (sample.entry, sample.stop, sample.target) == (Decimal(100), Decimal("98.87"), Decimal(103))
    assert sample.context.atr_fraction == 0.5 / 100
    assert sample.is_taken


def test_it_is_labelled_with_what_its_shadow_gave_as_soon_as_that_is_over() -> None:
    play = Play()
    sample = play.offer()
    play.candle(BELOW_ENTRY)
    assert play.ended == []
    play.candle(101.0, high=ABOVE_TARGET)
    (outcome,) = play.outcomes
    assert outcome.net_r == pytest.approx((TARGET - ENTRY) / (ENTRY - STOP))
    assert replace(outcome, net_r=0.0) == Outcome(
        sample.sample_id, 0.0, TEN_O_CLOCK + 3 * MINUTE_MS, ExitReason.TARGET, is_shadow=True
    )
    assert play.shadows.growing == ()


def test_setups_are_looked_for_while_one_is_held_and_each_has_its_own_shadow() -> None:
    play = Play()
    play.engine.market = OFFERS_A_LONG
    for price in (101.0, 101.0, BELOW_ENTRY):
        play.candle(price)
    assert [one.refused_for for one in play.shadows.growing] == [
        None,
        RefusalReason.SYMBOL_BUSY,
        RefusalReason.SYMBOL_BUSY,
    ]
    play.engine.market = QUIET
    play.candle(BELOW_STOP)
    assert [one.exit_reason for one in play.outcomes] == [ExitReason.STOP] * 3
    assert len({one.sample_id for one in play.outcomes}) == 3


def test_the_next_setup_counts_as_taken_once_the_trade_is_over() -> None:
    play = Play()
    play.offer()
    play.candle(BELOW_ENTRY)
    play.engine.market = OFFERS_A_LONG
    play.candle(101.0, high=ABOVE_TARGET)
    assert [one.is_taken for one in play.shadows.growing] == [True]


def test_an_entry_that_never_fills_is_dropped_and_its_bar_takes_no_other() -> None:
    play = Play(replace(RULES, desk=replace(FREE, setup=SetupRules(entry_lifetime_bars=2))))
    play.offer()
    play.candle(101.0)
    play.engine.market = OFFERS_A_LONG
    play.candle(101.0)
    assert play.ended == [DroppedSample(play.ended[0].sample, Dropped.NEVER_ENTERED, is_entered=False)]
    play.candle(101.0)
    assert [one.is_taken for one in play.shadows.growing] == [False, True]


def test_no_shadow_is_led_over_a_hole() -> None:
    play = Play()
    play.offer()
    waiting = play.offer(BELOW_ENTRY)
    play.next_ms += MINUTE_MS
    play.candle(ABOVE_TARGET)
    assert play.reasons == [Dropped.HOLE, Dropped.HOLE]
    assert [isinstance(one, DroppedSample) and one.is_entered for one in play.ended] == [True, False]
    assert play.ended[1].sample == waiting
    assert play.shadows.growing == ()


def test_a_setup_on_a_bar_that_is_told_late_is_dropped() -> None:
    play = Play(base_minutes=2)
    play.engine.market = OFFERS_A_LONG._replace(base=OFFERS_A_LONG.base._replace(step_ms=2 * MINUTE_MS))
    play.candle(101.0)
    play.next_ms += MINUTE_MS
    play.candle(101.0)
    assert play.reasons == [Dropped.HOLE]
    assert play.ended[0].sample.decided_at_ms == TEN_O_CLOCK + 2 * MINUTE_MS


def test_the_end_of_the_tape_is_no_outcome() -> None:
    play = Play()
    play.offer()
    play.candle(BELOW_ENTRY)
    play.ended += play.shadows.end()
    assert play.ended == [DroppedSample(play.ended[0].sample, Dropped.TAPE_ENDED, is_entered=True)]
    assert play.shadows.end() == []


def test_a_setup_too_small_for_the_venue_is_dropped() -> None:
    play = Play(contract=replace(instrument(BTC), max_quantity=Decimal("0.01")))
    play.engine.market = OFFERS_A_LONG
    play.candle(101.0)
    assert play.reasons == [Dropped.TOO_SMALL]


def test_nothing_is_found_before_the_structure_is_known() -> None:
    play = Play()
    play.engine.market = NOT_READY
    play.candle(101.0)
    assert play.shadows.growing == ()
    play.offer()
    play.engine.market = NOT_READY
    play.candle(101.0)
    assert play.reasons == [Dropped.NEVER_ENTERED]


def test_between_two_bars_a_shadow_is_led_by_candles_alone() -> None:
    play = Play(base_minutes=2)
    play.engine.market = OFFERS_A_LONG._replace(base=OFFERS_A_LONG.base._replace(step_ms=2 * MINUTE_MS))
    play.candle(101.0)
    play.candle(101.0)
    play.engine.market = QUIET
    play.candle(BELOW_ENTRY)
    play.candle(BELOW_STOP)
    assert [one.exit_reason for one in play.outcomes] == [ExitReason.STOP]


def test_funding_is_paid_at_the_venues_hours() -> None:
    rate = Decimal("0.001")
    play = Play(replace(RULES, funding=SteadyFunding(rate, HOUR_MS)))
    play.next_ms = TEN_O_CLOCK - 3 * MINUTE_MS
    play.offer()
    play.candle(BELOW_ENTRY)
    play.candle(BELOW_ENTRY)
    play.candle(BELOW_ENTRY)
    play.candle(101.0, high=ABOVE_TARGET)
    (outcome,) = play.outcomes
    paid = 0.001 * BELOW_ENTRY
    assert outcome.net_r == pytest.approx((TARGET - ENTRY - paid) / (ENTRY - STOP))


def test_every_interval_since_the_last_candle_is_paid() -> None:
    funding = SteadyFunding(Decimal("0.001"), HOUR_MS)
    assert funding.settled(HOUR_MS, HOUR_MS + 1) == 0
    assert funding.settled(HOUR_MS - 1, HOUR_MS) == Decimal("0.001")
    assert funding.settled(0, 3 * HOUR_MS) == Decimal("0.003")


def test_a_belief_that_falls_while_in_profit_ends_a_shadow() -> None:
    play = Play(replace(RULES, beliefs=ByFirstFeature()))
    play.engine.market = OFFERS_A_LONG._replace(features=(0.9,) * 12)
    play.candle(101.0)
    play.engine.market = QUIET._replace(features=(0.9,) * 12)
    play.candle(BELOW_ENTRY)
    for _ in range(5):
        play.candle(101.0)
    play.engine.market = QUIET._replace(features=(0.6,) * 12)
    play.candle(101.0)
    play.candle(101.0)
    assert [one.exit_reason for one in play.outcomes] == [ExitReason.CONFIDENCE_DROP]


@pytest.mark.parametrize(
    ("reason", "is_one"), [(ExitReason.TIME_STOP, True), (ExitReason.SESSION_END, False)]
)
def test_an_end_that_says_nothing_of_the_setup_is_no_outcome(reason: ExitReason, is_one: bool) -> None:
    trade = a_closed_trade("BTCUSDT.L.1", exit_reasons=(reason,))
    label = with_label(A_SAMPLE, trade)
    assert isinstance(label, LabelledSample) is is_one
    assert label.sample is A_SAMPLE


def test_a_market_entry_fills_at_the_next_open() -> None:
    play = Play(replace(RULES, desk=replace(FREE, setup=SetupRules(entry=EntryStyle.MARKET))))
    play.engine.market = OFFERS_A_SHORT
    play.candle(100.0)
    play.engine.market = QUIET
    play.candle(100.0)
    play.candle(96.0)
    assert [one.exit_reason for one in play.outcomes] == [ExitReason.TARGET]


def flat(opened_ms: int, price: float) -> Candle:
    return Candle(opened_ms, price, price, price, price, 10.0, 5.0)


def passed_over(play: Play, *prices: float) -> None:
    """Tell candles in one run, none of which offers a trade."""
    run = CandleList([flat(play.next_ms + number * MINUTE_MS, price) for number, price in enumerate(prices)])
    play.next_ms += len(prices) * MINUTE_MS
    play.ended += play.shadows.pass_over(run)


@pytest.mark.parametrize("base_minutes", [1, 5])
def test_candles_passed_over_lead_a_shadow_as_each_of_them_would(base_minutes: int) -> None:
    prices = [101.0] * 7 + [BELOW_ENTRY, 100.2, 100.4, BELOW_STOP, 101.0, 101.0]
    plays = [Play(base_minutes=base_minutes), Play(base_minutes=base_minutes)]
    for play in plays:
        base = OFFERS_A_LONG.base._replace(step_ms=base_minutes * MINUTE_MS)
        play.engine.market = OFFERS_A_LONG._replace(base=base)
        for _ in range(base_minutes):
            play.candle(101.0)
        play.engine.market = QUIET
    one_by_one, in_a_run = plays
    for price in prices:
        one_by_one.candle(price)
    passed_over(in_a_run, *prices)
    assert [one.exit_reason for one in in_a_run.outcomes] == [ExitReason.STOP]
    assert in_a_run.ended == one_by_one.ended
    passed_over(in_a_run)
    assert in_a_run.ended == one_by_one.ended


def test_no_setup_is_looked_for_among_candles_passed_over() -> None:
    play = Play()
    play.engine.market = OFFERS_A_LONG
    passed_over(play, 101.0, 101.0)
    assert play.shadows.growing == ()
    play.candle(101.0)
    assert len(play.shadows.growing) == 1


def test_a_run_after_a_hole_ends_what_was_growing() -> None:
    play = Play()
    play.offer()
    play.next_ms += MINUTE_MS
    passed_over(play, 101.0, 101.0)
    assert play.reasons == [Dropped.HOLE]


def test_a_change_of_the_venues_rules_wakes_every_shadow() -> None:
    play = Play()
    play.offer()
    play.candle(BELOW_ENTRY)
    play.shadows.obey(replace(instrument(BTC), tick=Decimal("0.5")))
    play.candle(100.4)
    play.candle(101.0, high=ABOVE_TARGET)
    assert [one.exit_reason for one in play.outcomes] == [ExitReason.TARGET]


def test_a_candle_that_cannot_be_true_is_refused() -> None:
    play = Play()
    with pytest.raises(CandleRefused):
        play.candle(math.nan)
    play.offer()
    assert len(play.shadows.growing) == 1
