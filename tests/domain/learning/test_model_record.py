from dataclasses import replace

import pytest

from domain.learning.calibration import CalibrationRules, calibration_of
from domain.learning.feature_drift import spread_of
from domain.learning.model_record import DataSpan, ModelRecord, misfit
from domain.learning.net_r_foresight import ForetoldR, net_r_foresight
from domain.learning.payoff import Payoffs
from domain.learning.reliability import Forecast, reliability

SPREAD = spread_of([0.0, 1.0])
CALIBRATION = calibration_of([0.0, 1.0], [False, True], [1.0, 1.0], 2.0, CalibrationRules())
RECORD = ModelRecord(
    model_id="m1",
    probability_head="p1",
    expected_r_head="r1",
    context_only_head="c1",
    trained_at_ms=300,
    seed=7,
    span=DataSpan(100, 200, 2, 1, 1.5),
    schema_hash="schema-1",
    features=("market_structure", "order_flow"),
    spreads=(SPREAD, SPREAD),
    calibration=CALIBRATION,
    context_only_calibration=CALIBRATION,
    payoffs=Payoffs(1.0, ()),
    reliability=reliability([Forecast(0.5, is_won=True)], 1.0),
    context_only_reliability=reliability([Forecast(0.5, is_won=True)], 1.0),
    net_r_foresight=net_r_foresight([ForetoldR(0.1, 1.0)], 1.0),
    parent=None,
)


def test_a_model_may_be_asked_about_the_features_it_learned() -> None:
    assert misfit(RECORD, "schema-1", ("market_structure", "order_flow")) is None


def test_a_model_of_another_schema_is_refused() -> None:
    assert misfit(RECORD, "schema-2", RECORD.features) == (
        "it learned features of schema schema-1, these are of schema-2"
    )


def test_a_model_of_other_columns_is_refused() -> None:
    assert misfit(RECORD, "schema-1", ("order_flow", "market_structure")) == (
        "it learned market_structure, order_flow, these are order_flow, market_structure"
    )


def test_a_record_tells_where_each_feature_lay() -> None:
    with pytest.raises(ValueError, match="m1 has 2 features, 1 spreads"):
        replace(RECORD, spreads=(SPREAD,))


@pytest.mark.parametrize("span", [DataSpan(201, 200, 2, 1, 1.5), DataSpan(100, 301, 2, 1, 1.5)])
def test_a_model_cannot_have_learned_from_what_was_to_come(span: DataSpan) -> None:
    with pytest.raises(ValueError, match="m1 was trained at 300 on"):
        replace(RECORD, span=span)
