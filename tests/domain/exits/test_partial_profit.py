from dataclasses import replace
from decimal import Decimal

import pytest

from domain.exits.exit_decision import CloseHalf, Moment, MoveStop
from domain.exits.exit_rules import ExitRules, ThresholdUnit
from domain.exits.partial_profit import half_of, partial_profit
from domain.exits.standing import standing_of
from domain.market.instrument import Instrument
from domain.market.trading_costs import TradingCosts
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade
from tests.trade_samples import COSTS, INSTRUMENT, NO_COSTS, a_plan, a_trade, flipped, mirrored_trade

RULES = ExitRules()
COARSE = replace(INSTRUMENT, min_quantity=Decimal("1.001"))


def asked(
    trade: OpenTrade,
    price: str,
    rules: ExitRules = RULES,
    costs: TradingCosts = NO_COSTS,
    instrument: Instrument = INSTRUMENT,
) -> CloseHalf | MoveStop | None:
    at = Decimal(price)
    return partial_profit(trade, at, standing_of(trade, Moment(0, at, None), costs), rules, costs, instrument)


def test_at_one_r_half_is_closed_and_the_stop_moves_to_break_even() -> None:
    assert asked(a_trade(), "1033.75") is None
    assert asked(a_trade(), "1034") == CloseHalf(ExitReason.PARTIAL_PROFIT, Decimal(1024), "profit 1.00 R")


def test_the_mirrored_trade_does_the_same() -> None:
    short = mirrored_trade(a_trade())
    assert asked(short, str(flipped(Decimal("1033.75")))) is None
    assert asked(short, str(flipped(Decimal(1034)))) == CloseHalf(
        ExitReason.PARTIAL_PROFIT, Decimal(1024), "profit 1.00 R"
    )


def test_it_happens_once() -> None:
    assert asked(a_trade(is_half_closed=True), "1040") is None


def test_break_even_pays_the_fees_and_is_rounded_to_the_profitable_side() -> None:
    decision = asked(a_trade(fee="0.5"), "1040", costs=COSTS)
    assert isinstance(decision, CloseHalf)
    assert decision.new_stop == Decimal("1025.00")
    short = asked(mirrored_trade(a_trade(fee="0.5")), "1008", costs=COSTS)
    assert isinstance(short, CloseHalf)
    assert short.new_stop == Decimal("1023.00")


def test_a_stop_that_is_tighter_already_stays() -> None:
    decision = asked(a_trade(stop="1030"), "1034")
    assert decision == CloseHalf(ExitReason.PARTIAL_PROFIT, Decimal(1030), "profit 1.00 R")


def test_break_even_too_near_to_the_price_leaves_the_stop_where_it_is() -> None:
    early = replace(RULES, partial_profit_at=Decimal("0.001"))
    decision = asked(a_trade(), "1024.20", early)
    assert isinstance(decision, CloseHalf)
    assert decision.new_stop == Decimal(1014)


def test_where_half_is_too_small_only_the_stop_moves_and_only_once() -> None:
    trade = a_trade()
    assert half_of(trade, COARSE) == 0
    assert asked(trade, "1034", instrument=COARSE) == MoveStop(
        ExitReason.PARTIAL_PROFIT, Decimal(1024), "profit 1.00 R; half is too small"
    )
    assert asked(a_trade(stop="1024"), "1034", instrument=COARSE) is None


def test_half_is_rounded_down_to_the_lot() -> None:
    assert half_of(a_trade(a_plan(quantity="0.003")), INSTRUMENT) == Decimal("0.001")
    assert half_of(a_trade(a_plan(quantity="0.001")), INSTRUMENT) == 0
    assert half_of(a_trade(), replace(INSTRUMENT, min_quantity=Decimal(1))) == 1


@pytest.mark.parametrize(("price", "acts"), [("1039.25", False), ("1039.50", True)])
def test_the_threshold_may_count_in_percent_of_margin(price: str, acts: bool) -> None:
    rules = replace(RULES, partial_profit_at=Decimal(3), partial_profit_unit=ThresholdUnit.PERCENT_OF_MARGIN)
    trade = a_trade(a_plan(planned_loss="1"))
    assert (asked(trade, price, rules, instrument=INSTRUMENT) is not None) is acts
