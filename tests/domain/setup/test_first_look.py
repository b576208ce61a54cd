from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.setup.entry_model import find_setup
from domain.setup.first_look import may_offer_entry
from domain.setup.setup_rules import EntryStyle, SetupRules
from domain.structure.structure_engine import StructureEngine
from domain.structure.structure_view import StructureView
from tests.domain.structure.charts import wandering
from tests.trade_samples import INSTRUMENT, SYMBOL, VIEW, mirrored

RULES = SetupRules()
ALL_RULES = [
    SetupRules(is_relaxed=is_relaxed, entry=entry) for is_relaxed in (False, True) for entry in EntryStyle
]


def test_a_market_that_offers_a_setup_is_worth_a_second_look() -> None:
    assert may_offer_entry(VIEW, RULES)
    assert may_offer_entry(mirrored(VIEW), RULES)


@pytest.mark.parametrize(
    "view",
    [
        VIEW._replace(features=None),
        VIEW._replace(dealing_range=None),
        VIEW._replace(base=VIEW.base._replace(atr=0.0)),
        VIEW._replace(base=VIEW.base._replace(atr=float("nan"))),
        VIEW._replace(higher=VIEW.higher._replace(trend=-1)),
        VIEW._replace(displacement_age_bars=None),
        VIEW._replace(bullish_gap=None, bullish_block=None),
    ],
)
def test_what_lacks_something_offers_nothing(view: StructureView) -> None:
    assert not may_offer_entry(view, RULES)
    assert not may_offer_entry(mirrored(view), RULES)


@given(st.integers(0, 50), st.sampled_from(ALL_RULES))
def test_where_the_first_look_sees_nothing_no_setup_is_found(seed: int, rules: SetupRules) -> None:
    engine = StructureEngine()
    generous = replace(rules, zone_reach_atr=20.0)
    for bar in wandering(400, seed)[200:]:
        engine.update(bar)
        view = engine.view()
        if not may_offer_entry(view, generous):
            assert find_setup(SYMBOL, view, INSTRUMENT, generous) is None
