from collections.abc import Callable

import pytest

from application.decision import STAND_ASIDE, Decision
from application.ports.sample_book import Lessons
from application.ports.trade_store import DecisionRecord
from application.shadow_desk import ShadowDesk
from application.shadow_rules import ShadowRules
from application.symbol_shadows import SymbolShadows
from domain.learning.no_model import NoModel
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator
from domain.market.timeframe import MINUTE_MS
from domain.position.closed_trade import ExitReason
from domain.refusal import RefusalReason
from domain.tape import (
    CandleClosed,
    CandleRebuilt,
    CandleRecalled,
    HistoryLost,
    InstrumentChanged,
    PriceMoved,
)
from tests.application.drill import BTC, TEN_O_CLOCK, instrument
from tests.application.test_symbol_shadows import FREE, NO_FUNDING, NamedFeatures
from tests.fakes.structure_engine import NOT_READY, OFFERS_A_LONG, QUIET
from tests.learning_samples import a_closed_trade

BELOW_ENTRY, ABOVE_TARGET = 99.9, 103.1


class Beside:
    """One symbol beside a desk whose words a test says."""

    def __init__(self) -> None:
        self.engine = NamedFeatures()
        rules = ShadowRules(FREE, NoModel(), NO_FUNDING)
        aggregator = CandleAggregator(MINUTE_MS, MINUTE_MS)
        self.desk = ShadowDesk([SymbolShadows(instrument(BTC), aggregator, self.engine, rules)])
        self.next_ms = TEN_O_CLOCK

    def candle(
        self,
        price: float,
        decision: Decision = STAND_ASIDE,
        told: Callable[[int, str, Candle], CandleClosed | CandleRebuilt | CandleRecalled] = CandleClosed,
    ) -> Lessons | None:
        candle = Candle(self.next_ms, price, price, price, price, 10.0, 5.0)
        self.next_ms += MINUTE_MS
        return self.desk.on_event(told(self.next_ms, BTC, candle), decision)

    def offer(self, decision: Decision = STAND_ASIDE) -> Lessons:
        self.engine.market = OFFERS_A_LONG
        lessons = self.candle(100.5, decision)
        self.engine.market = QUIET
        assert lessons is not None
        return lessons

    @property
    def setup_id(self) -> str:
        return f"{BTC}.L.{self.next_ms + MINUTE_MS}"


def said(kind: str, reason: str, setup_id: str) -> Decision:
    return Decision(records=(DecisionRecord("id", 1, BTC, kind, reason, "", setup_id),))


@pytest.mark.parametrize(
    ("kind", "reason", "refused_for"),
    [
        ("entry", "gap_return", None),
        ("refused", "no_edge", RefusalReason.NO_EDGE),
        ("data", "gap", RefusalReason.SYMBOL_BUSY),
    ],
)
def test_what_the_desk_said_to_a_setup_is_kept_with_it(
    kind: str, reason: str, refused_for: RefusalReason | None
) -> None:
    beside = Beside()
    setup_id = Beside().offer().samples[0].sample_id
    lessons = beside.offer(said(kind, reason, setup_id))
    (sample,) = lessons.samples
    assert (sample.sample_id, sample.refused_for) == (setup_id, refused_for)
    assert lessons.outcomes == ()


def test_a_setup_the_desk_said_nothing_of_was_not_looked_at() -> None:
    assert Beside().offer().samples[0].refused_for is RefusalReason.SYMBOL_BUSY


def test_what_a_setup_would_have_given_is_learned_when_it_is_over() -> None:
    beside = Beside()
    (sample,) = beside.offer().samples
    assert beside.candle(BELOW_ENTRY) is None
    lessons = beside.candle(ABOVE_TARGET)
    assert lessons is not None
    (outcome,) = lessons.outcomes
    assert (outcome.sample_id, outcome.exit_reason, outcome.is_shadow) == (
        sample.sample_id,
        ExitReason.TARGET,
        True,
    )


def test_a_closed_trade_is_counted_and_its_end_is_real() -> None:
    trade = a_closed_trade()
    lessons = Beside().desk.on_event(PriceMoved(1, BTC, 100.0), Decision(trades=(trade,)))
    assert lessons is not None
    assert lessons.closed_trades == (trade.trade_id,)
    assert [(one.sample_id, one.is_shadow) for one in lessons.outcomes] == [(trade.trade_id, False)]


def test_a_trade_that_says_nothing_of_its_setup_is_only_counted() -> None:
    trade = a_closed_trade(exit_reasons=(ExitReason.SESSION_END,))
    lessons = Beside().desk.on_event(PriceMoved(1, BTC, 100.0), Decision(trades=(trade,)))
    assert lessons == Lessons(closed_trades=(trade.trade_id,))


def test_a_candle_that_was_rebuilt_leads_shadows_too() -> None:
    beside = Beside()
    beside.offer()
    assert beside.candle(BELOW_ENTRY, told=CandleRebuilt) is None
    assert beside.candle(ABOVE_TARGET, told=CandleRebuilt) is not None


def test_setups_of_recalled_candles_belong_to_nobody() -> None:
    beside = Beside()
    beside.engine.market = OFFERS_A_LONG
    assert beside.candle(100.5, told=CandleRecalled) is None
    assert len(beside.engine.bars) == 1


def test_candles_that_the_desk_refused_are_refused_here() -> None:
    beside = Beside()
    beside.candle(100.5)
    beside.next_ms -= MINUTE_MS
    for told in (CandleClosed, CandleRecalled):
        assert beside.candle(100.5, told=told) is None
        beside.next_ms -= MINUTE_MS
    assert len(beside.engine.bars) == 1


def test_a_history_that_is_lost_ends_what_nobody_will_see() -> None:
    beside = Beside()
    beside.offer()
    beside.candle(BELOW_ENTRY)
    assert beside.desk.on_event(HistoryLost(beside.next_ms, BTC, "no candles"), STAND_ASIDE) is None
    beside.engine.market = NOT_READY
    beside.next_ms += MINUTE_MS
    assert beside.candle(ABOVE_TARGET) is None


def test_new_rules_of_the_venue_hold_for_shadows_too() -> None:
    beside = Beside()
    event = InstrumentChanged(beside.next_ms, BTC, instrument(BTC))
    assert beside.desk.on_event(event, STAND_ASIDE) is None
    assert len(beside.offer().samples) == 1
