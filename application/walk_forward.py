"""Learn on what is over, be judged on what comes after, move on: what learning would have been worth."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from application.champion_watch import WatchRules
from application.model_opinion import OpinionatedModel
from application.ports.forest import ForestMaker
from application.ports.model_trainer import ModelTrainer, NotTrained, TrainingOrder
from domain.allowed_range import require_within
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel
from domain.learning.training_rules import TrainingRules
from domain.learning.trial import TrialRules
from domain.market.timeframe import DAY_MS


@dataclass(frozen=True, slots=True)
class WalkForwardRules:
    """When a model is trained, how, and how it is tried and watched.

    Raises ValueError for numbers that make no sense.

    Every `every_ms`, or with `every_trades` above zero whenever so many trades more have closed, counted
    as if every setup had been taken that a desk was free to take.
    """

    every_ms: int = 30 * DAY_MS
    every_trades: int = 0
    seed: int = 1
    training: TrainingRules = field(default_factory=TrainingRules)
    trial: TrialRules = field(default_factory=TrialRules)
    watch: WatchRules = field(default_factory=WatchRules)

    def __post_init__(self) -> None:
        require_within("every_ms", self.every_ms, DAY_MS)
        require_within("every_trades", self.every_trades, 0)


class Judged(NamedTuple):
    """A setup that came after a model had learned, what the model said of it, and what it gave.

    `base_rate` is the share of wins known when the model was trained, `context_only` what the rival says
    that saw no structure. Probabilities are of a win net of costs, results in planned losses.
    """

    labelled: LabelledSample
    probability: float
    base_rate: float
    context_only: float
    confidence: float
    expected_r: float

    @property
    def decided_at_ms(self) -> int:
        """When the setup was found."""
        return self.labelled.sample.decided_at_ms

    @property
    def net_r(self) -> float:
        """What it gave."""
        return self.labelled.outcome.net_r

    @property
    def is_won(self) -> bool:
        """Whether it made anything after all costs."""
        return self.labelled.outcome.is_won


class WalkStep(NamedTuple):
    """One training, and every setup from then until the next one; `judged` is empty without a model."""

    at_ms: int
    until_ms: int
    learned: int
    model: TrainedModel | NotTrained
    judged: tuple[Judged, ...]


class WalkForward:
    """Walks through resolved samples of one definition of features, training at every boundary."""

    def __init__(
        self,
        samples: Iterable[LabelledSample],
        trainer: ModelTrainer,
        forest_of: ForestMaker,
        rules: WalkForwardRules,
    ) -> None:
        self._samples = tuple(sorted(samples, key=_decided))
        self._trainer = trainer
        self._forest_of = forest_of
        self._rules = rules
        self._boundaries = boundaries(self._samples, rules)

    @property
    def trainings(self) -> int:
        """How many steps it takes."""
        return len(self._boundaries)

    async def steps(self) -> AsyncIterator[WalkStep]:
        """Train at every boundary, and judge each model on what was decided on until the next."""
        if not self._samples:
            return
        ends = (*self._boundaries[1:], self._samples[-1].sample.decided_at_ms)
        for at_ms, until_ms in zip(self._boundaries, ends, strict=True):
            learned = tuple(one for one in self._samples if one.outcome.resolved_at_ms <= at_ms)
            rules = self._rules
            order = TrainingOrder(learned, rules.training, rules.seed, trained_at_ms=at_ms)
            model = await self._trainer.train(order)
            yield WalkStep(at_ms, until_ms, len(learned), model, self._judged(model, at_ms, until_ms))

    def _judged(self, model: TrainedModel | NotTrained, at_ms: int, until_ms: int) -> tuple[Judged, ...]:
        if isinstance(model, NotTrained):
            return ()
        bound_z = self._rules.training.calibration.bound_z
        asked = OpinionatedModel(model, self._forest_of, bound_z)
        return tuple(
            judged_by(asked, one) for one in self._samples if at_ms < one.sample.decided_at_ms <= until_ms
        )


def boundaries(samples: Sequence[LabelledSample], rules: WalkForwardRules) -> tuple[int, ...]:
    """Give the moments of the trainings, given samples in order of decision; after each, more were found."""
    if not samples:
        return ()
    last_ms = samples[-1].sample.decided_at_ms
    moments = _by_trades(samples, rules.every_trades) if rules.every_trades else _by_time(samples, rules)
    return tuple(at_ms for at_ms in moments if at_ms < last_ms)


def judged_by(model: OpinionatedModel, one: LabelledSample) -> Judged:
    """Ask a model about a setup that came after it had learned."""
    sample = one.sample
    opinion = model.of(sample.features, sample.context)
    return Judged(
        labelled=one,
        probability=opinion.probability,
        base_rate=model.record.reliability.base_rate,
        context_only=model.by_context_alone(sample.context),
        confidence=opinion.confidence,
        expected_r=opinion.expected_r,
    )


def _by_time(samples: Sequence[LabelledSample], rules: WalkForwardRules) -> range:
    first_ms, last_ms = samples[0].sample.decided_at_ms, samples[-1].sample.decided_at_ms
    return range(first_ms + rules.every_ms, last_ms, rules.every_ms)


def _by_trades(samples: Sequence[LabelledSample], every: int) -> list[int]:
    ended = sorted(one.outcome.resolved_at_ms for one in samples if one.sample.is_taken)
    return sorted(set(ended[every - 1 :: every]))


def _decided(one: LabelledSample) -> tuple[int, str]:
    return one.sample.decided_at_ms, one.sample.sample_id
