"""A whole life of learning over resolved samples: trainings, trials with looks, one champion at a time.

What a service does as time passes is done here by a calendar: every other day closed trades are counted, a
challenger is trained for every fiftieth, and the one on trial is looked at when its record is long enough.
A challenger that waits is trained when its trial begins, from what was known when it was due: the same
model as if it had been trained at once, without the work on those that never get a trial. Until then it is
taken for fit. Beside the gate two simpler ones judge the same challengers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from adapters.native.forest import NativeForest
from adapters.system.seeded_chance import SeededChance
from adapters.xgboost.model_trainer import trained_model
from application.model_opinion import OpinionatedModel
from application.ports.model_trainer import NotTrained, TrainingOrder
from application.shadow_record import learned_until_ms, shadow_record
from domain.learning.block_bootstrap import BootstrapRules
from domain.learning.champion_gate import GateRules, GateVerdict, ShadowScore, record_length, review
from domain.learning.model_life import ModelState
from domain.learning.outcome import LabelledSample
from domain.learning.probability_score import log_loss
from domain.learning.training_rules import TrainingRules
from domain.learning.trial import GiveUp, Look, TrialRules, next_step, state_after, unfit_for_trial
from domain.market.timeframe import DAY_MS

CHECK_EVERY_MS: Final = 2 * DAY_MS
_GROWN: Final = 1.04
"""A record that has hardly grown is not measured again."""
EVERY_TRADES: Final = 50
GATE: Final = "the gate"
LAST_TRADES: Final = f"log loss of the next {EVERY_TRADES} trades"
WHOLE_RECORD: Final = "log loss of the whole record"
_RULES: Final = TrialRules(GateRules(bootstrap=BootstrapRules(least_resamples=200)))
"""As traded, but a test that cannot pass any more is not drawn on for the sake of an exact p-value."""
_TRAINING: Final = TrainingRules()


class Followed(NamedTuple):
    """What it gave to follow a model: trades, one at a time in a symbol, their net result and costs in R."""

    trades: int
    net_r: float
    cost_r: float


class Seating(NamedTuple):
    """Who took the seat, and when."""

    at_ms: int
    model: OpinionatedModel


@dataclass(slots=True)
class RunResult:
    """What came of a run, and what it would have given to follow the first that each gate let through."""

    unfit: int = 0
    trials: int = 0
    given_up: int = 0
    verdicts: list[GateVerdict] = field(default_factory=list)
    promotions: int = 0
    seatings: list[Seating] = field(default_factory=list)
    followed: dict[str, Followed] = field(default_factory=dict)


@dataclass(slots=True)
class _Trial:
    """A challenger, everything it will be judged by, and the number of the last look."""

    model: OpinionatedModel
    learned_ms: int
    scores: Sequence[ShadowScore]
    look: int = 0
    simple_look: int = 0
    checked: int = 0


class TrialRun:
    """One run over resolved samples; `seed` deals the cards of trainings and bootstraps."""

    def __init__(self, samples: Sequence[LabelledSample], seed: int, bound_z: float) -> None:
        self._samples = samples
        self._seed = seed
        self._bound_z = bound_z
        self._closings = sorted(one.outcome.resolved_at_ms for one in samples if one.sample.is_taken)
        self._champion: OpinionatedModel | None = None
        self._trial: _Trial | None = None
        self._waiting_since_ms: int | None = None
        self._trainings = 0
        self.result = RunResult()

    def play(self) -> RunResult:
        """Play the run to its end."""
        now_ms = self._samples[0].sample.decided_at_ms
        while now_ms < self._closings[-1]:
            now_ms += CHECK_EVERY_MS
            self._note_training(now_ms)
            if self._trial is None and self._waiting_since_ms is not None:
                self._trial, self._waiting_since_ms = self._begun(self._waiting_since_ms), None
            if self._trial is not None:
                self._look(self._trial, now_ms)
        return self.result

    def _note_training(self, now_ms: int) -> None:
        """Let the newest training that is due replace the challenger that waits."""
        number = sum(at_ms <= now_ms for at_ms in self._closings) // EVERY_TRADES
        if number > self._trainings:
            self._trainings = number
            self._waiting_since_ms = self._closings[number * EVERY_TRADES - 1]

    def _begun(self, due_ms: int) -> _Trial | None:
        known = tuple(one for one in self._samples if one.outcome.resolved_at_ms <= due_ms)
        model = trained_model(TrainingOrder(known, _TRAINING, self._seed, due_ms))
        if isinstance(model, NotTrained):
            return None
        if unfit_for_trial(model.record) is not None:
            self.result.unfit += 1
            return None
        self.result.trials += 1
        asked = OpinionatedModel(model, NativeForest, self._bound_z)
        champion = self._champion
        learned_ms = learned_until_ms(asked.record, None if champion is None else champion.record)
        trial = _Trial(asked, learned_ms, shadow_record(self._samples, asked, champion))
        self._judge_by_last_trades(trial)
        return trial

    def _look(self, trial: _Trial, now_ms: int) -> None:
        record = [score for score in trial.scores if score.resolved_at_ms <= now_ms]
        if len(record) < _GROWN * trial.checked:
            return
        trial.checked = len(record)
        length = record_length(record, _RULES.gate)
        self._judge_by_whole_record(trial, record, length.effective_size, now_ms)
        step = next_step(trial.look, length, _RULES, is_awaited=self._waiting_since_ms is not None)
        if isinstance(step, GiveUp):
            self.result.given_up += 1
            self._trial = None
        elif isinstance(step, Look):
            trial.look = step.number
            attempt = len(self.result.verdicts) + 1
            chance = SeededChance(self._seed * 1_000 + attempt)
            verdict = review(record, trial.learned_ms, attempt, chance, _RULES.gate)
            self.result.verdicts.append(verdict)
            self._after(trial, state_after(step, verdict.decision), now_ms)

    def _after(self, trial: _Trial, state: ModelState, now_ms: int) -> None:
        if state is ModelState.CHAMPION:
            self._champion = trial.model
            self.result.promotions += 1
            self.result.seatings.append(Seating(now_ms, trial.model))
            self._follow(GATE, trial, now_ms)
        if state is not ModelState.CHALLENGER:
            self._trial = None

    def _judge_by_last_trades(self, trial: _Trial) -> None:
        """The custom of the field: the fifty trades after the training, lower is better, no test."""
        taken = [one for one in self._samples if one.sample.is_taken]
        scores = sorted(shadow_record(taken, trial.model, self._champion), key=_resolved)[:EVERY_TRADES]
        if len(scores) == EVERY_TRADES and _mean_better(scores) > 0.0:
            self._follow(LAST_TRADES, trial, scores[-1].resolved_at_ms)

    def _judge_by_whole_record(
        self, trial: _Trial, record: Sequence[ShadowScore], size: float, now_ms: int
    ) -> None:
        """Ask the whole record, whenever it has doubled, for lower log loss and nothing else."""
        reached = sum(size >= _RULES.needed_for(look) for look in range(1, _RULES.most_looks + 1))
        if reached > trial.simple_look:
            trial.simple_look = reached
            if _mean_better(record) > 0.0:
                self._follow(WHOLE_RECORD, trial, now_ms)

    def _follow(self, gate: str, trial: _Trial, from_ms: int) -> None:
        """Trade what the model would take from now on, for the first that a gate let through."""
        if gate not in self.result.followed:
            self.result.followed[gate] = followed(self._samples, trial.model, from_ms)


def followed(samples: Sequence[LabelledSample], model: OpinionatedModel, from_ms: int) -> Followed:
    """Give what the trades come to that a model would take, one at a time in a symbol."""
    free_at_ms: dict[str, int] = {}
    trades, net_r, cost_r = 0, 0.0, 0.0
    for sample, outcome in samples:
        is_free = sample.decided_at_ms >= max(from_ms + 1, free_at_ms.get(sample.symbol, 0))
        if is_free and model.of(sample.features, sample.context).confidence > 0.5:
            free_at_ms[sample.symbol] = outcome.resolved_at_ms
            trades, net_r, cost_r = trades + 1, net_r + outcome.net_r, cost_r + sample.context.cost_in_r
    return Followed(trades, net_r, cost_r)


def _mean_better(scores: Sequence[ShadowScore]) -> float:
    """Give by how much the challenger's log loss is lower on average."""
    gains = [
        log_loss(score.champion, is_won=score.is_won) - log_loss(score.challenger, is_won=score.is_won)
        for score in scores
    ]
    return sum(gains) / len(gains)


def _resolved(score: ShadowScore) -> int:
    return score.resolved_at_ms
