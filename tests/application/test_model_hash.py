from dataclasses import replace

import pytest

from application.model_hash import head_hash, is_intact, model_id_of, named
from domain.learning.calibration import CalibrationRules, calibration_of
from domain.learning.feature_drift import spread_of
from domain.learning.model_record import DataSpan, ModelRecord
from domain.learning.net_r_foresight import ForetoldR, net_r_foresight
from domain.learning.payoff import Payoffs
from domain.learning.reliability import Forecast, reliability
from domain.learning.trained_model import Heads

SPREAD = spread_of([0.0, 1.0])
CALIBRATION = calibration_of([0.0, 1.0], [False, True], [1.0, 1.0], 2.0, CalibrationRules())
HEADS = Heads(b"wins", b"gives", b"rival")
RECORD = ModelRecord(
    model_id="",
    probability_head="",
    expected_r_head="",
    context_only_head="",
    trained_at_ms=300,
    seed=7,
    span=DataSpan(100, 200, 2, 1, 1.5),
    schema_hash="schema-1",
    features=("market_structure",),
    spreads=(SPREAD,),
    calibration=CALIBRATION,
    context_only_calibration=CALIBRATION,
    payoffs=Payoffs(1.0, ()),
    reliability=reliability([Forecast(0.5, is_won=True)], 1.0),
    context_only_reliability=reliability([Forecast(0.5, is_won=True)], 1.0),
    net_r_foresight=net_r_foresight([ForetoldR(0.1, 1.0)], 1.0),
    parent=None,
)
MODEL = named(RECORD, HEADS)


def test_forests_are_kept_under_their_hashes() -> None:
    assert MODEL.record.probability_head == head_hash(b"wins")
    assert MODEL.record.expected_r_head == head_hash(b"gives")
    assert MODEL.record.context_only_head == head_hash(b"rival")
    assert MODEL.record.model_id == model_id_of(MODEL.record)
    assert len(MODEL.record.model_id) == 16


def test_when_and_by_whom_it_was_followed_makes_no_other_model() -> None:
    later = named(replace(RECORD, trained_at_ms=999, parent="m0"), HEADS)
    assert later.record.model_id == MODEL.record.model_id


@pytest.mark.parametrize("heads", [HEADS._replace(**{name: b"other"}) for name in Heads._fields])
def test_another_forest_makes_another_model(heads: Heads) -> None:
    assert named(RECORD, heads).record.model_id != MODEL.record.model_id
    assert not is_intact(MODEL._replace(heads=heads))


@pytest.mark.parametrize(
    "record",
    [
        replace(RECORD, seed=8),
        replace(RECORD, schema_hash="schema-2"),
        replace(RECORD, span=RECORD.span._replace(samples=3)),
        replace(RECORD, payoffs=Payoffs(1.0000000000000002, ())),
    ],
)
def test_another_figure_makes_another_model(record: ModelRecord) -> None:
    other = named(record, HEADS)
    assert other.record.model_id != MODEL.record.model_id
    assert not is_intact(MODEL._replace(record=replace(other.record, model_id=MODEL.record.model_id)))


def test_a_model_that_nobody_touched_is_intact() -> None:
    assert is_intact(MODEL)
