"""One suite for everyone who keeps models and what happened to them."""

import asyncio
import math
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.memory.model_registry import MemoryModelRegistry
from adapters.sqlite.learning_store import SqliteLearningStore
from application.model_hash import is_intact
from application.ports.model_registry import ModelNotKept, ModelRegistry
from application.ports.trade_store import StoreFailed
from domain.learning.block_bootstrap import BlockMean
from domain.learning.calibration import Calibration
from domain.learning.champion_gate import GateDecision, GatePart, GateTest, GateVerdict
from domain.learning.drift import DriftState
from domain.learning.model_history import Happening, What, history_of
from domain.learning.trained_model import Heads, TrainedModel
from tests.model_samples import CURVE, STAIRS, a_model, another_model

ONE, TWO = another_model(1), another_model(2)
VERDICT = GateVerdict(
    decision=GateDecision.REFUSE,
    attempt=1,
    alpha=0.05 * 6.0 / math.pi**2,
    samples=400,
    effective_size=123.4,
    trades=60,
    parts=(GatePart(GateTest.NET_R, BlockMean(0.1 + 0.2, 0.0, -math.inf, 1.0, 1, 0), is_passed=False),),
    reasons=("net R: not shown", "words with ▲ in them"),
)


@pytest.fixture(params=["sqlite", "memory"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ModelRegistry]:
    with ExitStack() as opened:
        if request.param == "memory":
            yield MemoryModelRegistry()
        else:
            yield opened.enter_context(SqliteLearningStore(tmp_path / "learning.sqlite")).models


def keep(registry: ModelRegistry, happenings: tuple[Happening, ...], *models: TrainedModel) -> None:
    asyncio.run(registry.keep(happenings, models))


def history(registry: ModelRegistry) -> tuple[Happening, ...]:
    return asyncio.run(registry.history())


def kept(registry: ModelRegistry) -> list[str]:
    return [record.model_id for record in asyncio.run(registry.records())]


def trained(model: TrainedModel, training: int = 1) -> Happening:
    return Happening(1_000, What.TRAINED, model.record.model_id, training, reasons=("50 trades closed",))


def told(what: What, model: TrainedModel) -> Happening:
    return Happening(2_000, what, model.record.model_id)


def test_a_new_registry_is_empty(registry: ModelRegistry) -> None:
    keep(registry, ())
    assert history(registry) == ()
    assert kept(registry) == []


@pytest.mark.parametrize("calibration", [CURVE, STAIRS])
def test_a_model_is_given_back_whole(registry: ModelRegistry, calibration: Calibration) -> None:
    model = a_model(Heads(b"\x00\xff" * 9, b"", b"\x00"), calibration, payoff=0.1 + 0.2, parent="before")
    keep(registry, (), model)
    given = asyncio.run(registry.model(model.record.model_id))
    assert repr(given) == repr(model)
    assert is_intact(given)
    assert asyncio.run(registry.records()) == (model.record,)


def test_a_model_that_was_never_kept_is_not_made_up(registry: ModelRegistry) -> None:
    with pytest.raises(ModelNotKept, match="there is no model nobody"):
        asyncio.run(registry.model("nobody"))


def test_models_are_named_in_the_order_in_which_they_were_kept(registry: ModelRegistry) -> None:
    models = [another_model(seed) for seed in (5, 3, 9, 1)]
    keep(registry, (), *models[:3])
    keep(registry, (), models[3])
    assert kept(registry) == [model.record.model_id for model in models]


def test_the_same_model_again_changes_nothing(registry: ModelRegistry) -> None:
    later = TrainedModel(replace(ONE.record, trained_at_ms=ONE.record.trained_at_ms + 1), ONE.heads)
    keep(registry, (), ONE, ONE)
    keep(registry, (trained(ONE),), TWO, later)
    assert kept(registry) == [ONE.record.model_id, TWO.record.model_id]
    assert asyncio.run(registry.model(ONE.record.model_id)) == ONE


def test_heads_that_two_models_share_stay_with_both(registry: ModelRegistry) -> None:
    keep(registry, (), ONE, TWO)
    assert ONE.heads == TWO.heads
    assert asyncio.run(registry.model(TWO.record.model_id)) == TWO


def test_what_happened_is_given_back_to_the_last_bit_and_oldest_first(registry: ModelRegistry) -> None:
    model = ONE.record.model_id
    first = (
        trained(ONE),
        Happening(900, What.NOT_TRAINED, "", 2, reasons=("too_few_samples: 3",)),
        Happening(2_000, What.LOOKED_AT, model, look=1, verdict=VERDICT, reasons=VERDICT.reasons),
    )
    then = (
        told(What.PROMOTED, ONE),
        Happening(3_000, What.DRIFTED, model, drift=DriftState.SHRUNK, reasons=("hit rate",)),
    )
    keep(registry, first, ONE)
    keep(registry, then)
    assert repr(history(registry)) == repr((*first, *then))
    assert history_of(history(registry)).drift is DriftState.SHRUNK


def test_what_happens_twice_has_happened_twice(registry: ModelRegistry) -> None:
    keep(registry, (trained(ONE, 1), trained(ONE, 2)), ONE)
    keep(registry, (trained(ONE, 2),))
    assert [one.training for one in history(registry)] == [1, 2, 2]


def test_nothing_happens_to_a_model_that_is_not_kept(registry: ModelRegistry) -> None:
    with pytest.raises(StoreFailed, match=f"there is no model {TWO.record.model_id} that was trained"):
        keep(registry, (trained(ONE), trained(TWO)), ONE)
    assert (history(registry), kept(registry)) == ((), [])


def test_what_cannot_have_happened_is_not_kept(registry: ModelRegistry) -> None:
    keep(registry, (trained(ONE),), ONE)
    with pytest.raises(StoreFailed, match=r"demoted cannot follow what is kept: .* the champion is nobody"):
        keep(registry, (trained(TWO), told(What.DEMOTED, ONE)), TWO)
    assert (history(registry), kept(registry)) == ((trained(ONE),), [ONE.record.model_id])
    keep(registry, (told(What.PROMOTED, ONE), told(What.DEMOTED, ONE)))
    assert len(history(registry)) == 3


@pytest.mark.parametrize(
    "odd",
    [
        ONE._replace(record=replace(ONE.record, seed=99)),
        ONE._replace(heads=ONE.heads._replace(expected_r=b"another")),
        ONE._replace(record=TWO.record, heads=ONE.heads._replace(context_only=b"")),
    ],
)
def test_a_model_that_is_not_what_its_name_says_is_refused(
    registry: ModelRegistry, odd: TrainedModel
) -> None:
    with pytest.raises(StoreFailed, match=f"{odd.record.model_id} is not the name of this model"):
        keep(registry, (trained(TWO),), TWO, odd)
    assert (history(registry), kept(registry)) == ((), [])
