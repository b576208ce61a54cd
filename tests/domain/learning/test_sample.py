import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.sample import Sample, cost_in_r, sample_of
from domain.market.trading_costs import TradingCosts
from domain.refusal import RefusalReason
from domain.setup.setup import Setup, SetupKind
from tests.trade_samples import CLOSE_MS, COSTS, FEATURES, NO_COSTS, SETUP, mirrored_setup


def sampled(
    setup: Setup = SETUP, refused_for: RefusalReason | None = None, costs: TradingCosts = COSTS
) -> Sample:
    return sample_of(setup, 4.0, "schema-1", refused_for, costs, is_maker_entry=True)


def test_a_sample_bears_the_name_of_its_setup_and_what_was_known_then() -> None:
    sample = sampled()
    assert (sample.sample_id, sample.symbol, sample.decided_at_ms) == ("BTCUSDT.L.1", "BTCUSDT", CLOSE_MS)
    assert sample.schema_hash == "schema-1"
    assert sample.features == FEATURES
    assert (sample.entry, sample.stop, sample.target) == (Decimal(1024), Decimal(1014), Decimal(1044))
    assert sample.is_taken


def test_the_context_is_what_can_be_told_without_structure() -> None:
    context = sampled().context
    assert context.stop_fraction == 10 / 1024
    assert context.atr_fraction == 4 / 1024
    assert context.hour == 17
    assert context.kind is SetupKind.GAP_RETURN
    assert context.cost_in_r == pytest.approx(0.8132 / 10.8132)


def test_a_refused_setup_is_a_sample_too_and_says_why() -> None:
    sample = sampled(refused_for=RefusalReason.COOLING_DOWN)
    assert not sample.is_taken
    assert sample.refused_for is RefusalReason.COOLING_DOWN


def test_a_short_on_the_mirrored_chart_is_the_same_sample_to_the_learner() -> None:
    long, short = sampled(costs=NO_COSTS), sampled(mirrored_setup(SETUP), costs=NO_COSTS)
    assert short.features == long.features
    assert short.context == long.context
    assert short.direction is long.direction.opposite


@pytest.mark.parametrize(
    "features", [FEATURES[:-1], (*FEATURES, 0.0), (math.nan, *FEATURES[1:]), (math.inf, *FEATURES[1:])]
)
def test_what_is_no_twelve_finite_features_is_refused(features: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="are no 12 finite features"):
        sampled(replace(SETUP, features=features))


@given(st.decimals("0.5", "2000", places=2), st.decimals("0.01", "0.2", places=3), st.booleans())
def test_cost_in_r_is_a_share_of_the_planned_loss(entry: Decimal, part: Decimal, is_maker: bool) -> None:
    share = cost_in_r(entry, entry * (1 - part), COSTS, is_maker_entry=is_maker)
    assert 0.0 < share < 1.0
    assert cost_in_r(entry, entry * (1 - part), NO_COSTS, is_maker_entry=is_maker) == 0.0


def test_a_market_entry_costs_more_than_one_that_waits() -> None:
    near, far = Decimal(1014), Decimal(1000)
    assert cost_in_r(Decimal(1024), near, COSTS, is_maker_entry=False) > cost_in_r(
        Decimal(1024), near, COSTS, is_maker_entry=True
    )
    assert cost_in_r(Decimal(1024), far, COSTS, is_maker_entry=True) < cost_in_r(
        Decimal(1024), near, COSTS, is_maker_entry=True
    )
