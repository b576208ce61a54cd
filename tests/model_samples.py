"""Trained models made by hand: a record whose every figure can be foretold, and heads of any bytes."""

from dataclasses import replace

from application.model_hash import named
from domain.learning.calibration import Calibration
from domain.learning.feature_drift import spread_of
from domain.learning.isotonic_regression import IsotonicRegression, Stair
from domain.learning.model_record import DataSpan, ModelRecord
from domain.learning.net_r_foresight import ForetoldR, net_r_foresight
from domain.learning.payoff import Payoffs
from domain.learning.platt_scaling import PlattScaling
from domain.learning.reliability import Forecast, reliability
from domain.learning.trained_model import Heads, TrainedModel
from domain.setup.setup import SetupKind
from domain.structure.structure_view import FEATURE_NAMES
from tests.trade_samples import CLOSE_MS

CURVE = PlattScaling(0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0)
"""The plain logistic of the score, known for certain."""
STAIRS = IsotonicRegression((Stair(-1.0, 0.25, 400.0), Stair(0.5, 0.75, 400.0)))
RELIABILITY = reliability([Forecast(0.6, is_won=True), Forecast(0.4, is_won=False)], 2.0)
FORESIGHT = net_r_foresight([ForetoldR(0.1, -1.0), ForetoldR(0.1, 1.5)], 2.0)
HEADS = Heads(b"wins", b"expects", b"rival")


def a_model(
    heads: Heads = HEADS,
    calibration: Calibration = CURVE,
    *,
    payoff: float = 1.0,
    trained_at_ms: int = CLOSE_MS,
    parent: str | None = None,
    schema_hash: str = "schema-1",
) -> TrainedModel:
    """Give a model under its true name."""
    spread = spread_of([0.0, 0.1, 0.2, 0.3])
    record = ModelRecord(
        model_id="",
        probability_head="",
        expected_r_head="",
        context_only_head="",
        trained_at_ms=trained_at_ms,
        seed=7,
        span=DataSpan(CLOSE_MS - 1_000, CLOSE_MS - 10, 400, 390, 120.0),
        schema_hash=schema_hash,
        features=FEATURE_NAMES,
        spreads=(spread,) * len(FEATURE_NAMES),
        calibration=calibration,
        context_only_calibration=CURVE,
        payoffs=Payoffs(payoff, ((SetupKind.GAP_RETURN, payoff),)),
        reliability=RELIABILITY,
        context_only_reliability=RELIABILITY,
        net_r_foresight=FORESIGHT,
        parent=parent,
    )
    return named(record, heads)


def another_model(number: int) -> TrainedModel:
    """Give the n-th of several models that differ."""
    model = a_model()
    return named(replace(model.record, seed=number), model.heads)
