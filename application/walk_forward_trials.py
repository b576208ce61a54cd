"""The champion's seat through a walk forward: who was tried, when it was looked at, and who sat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from application.champion_watch import look_at_champion
from application.model_opinion import OpinionatedModel
from application.ports.forest import ForestMaker
from application.shadow_record import learned_until_ms, shadow_record
from application.walk_forward import WalkForwardRules, WalkStep
from domain.learning.block_bootstrap import Chance
from domain.learning.champion_gate import GateDecision, GateVerdict, ShadowScore, record_length, review
from domain.learning.drift import DriftState
from domain.learning.model_life import ModelState
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel
from domain.learning.trial import GiveUp, Look, next_step, state_after, unfit_for_trial
from domain.market.timeframe import DAY_MS
from domain.tape import ChampionChanged

_LOOK_EVERY_MS: Final = DAY_MS
_WATCH_EVERY_DAYS: Final = 7
_WORTH_MEASURING: Final = 1.02


class Attempt(NamedTuple):
    """One look at a challenger's shadow record, and what the gate said."""

    at_ms: int
    model_id: str
    look: int
    verdict: GateVerdict


class TrialsHeld(NamedTuple):
    """What the protocol of challengers made of the trained models.

    `trials` counts those whose trial began, `given_up` those that were let go without another look.
    """

    challengers: int
    trials: int
    given_up: int
    attempts: tuple[Attempt, ...]
    changes: tuple[ChampionChanged, ...]

    @property
    def promoted(self) -> int:
        """How many challengers took the seat."""
        return sum(one.verdict.decision is GateDecision.PROMOTE for one in self.attempts)


@dataclass(slots=True)
class _Trial:
    """A challenger, everything that it will be judged by, and how far it got."""

    model: TrainedModel
    asked: OpinionatedModel
    learned_ms: int
    scores: Sequence[ShadowScore]
    look: int = 0
    measured: int = 0


@dataclass(slots=True)
class _Champion:
    """Who sits, and how far it has drifted."""

    model: TrainedModel
    asked: OpinionatedModel
    drift: DriftState = DriftState.STEADY


@dataclass(slots=True)
class _Seat:
    champion: _Champion | None = None
    trial: _Trial | None = None
    waiting: TrainedModel | None = None
    challengers: int = 0
    trials: int = 0
    given_up: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    changes: list[ChampionChanged] = field(default_factory=list)


class SeatTrials:
    """Tries the models of a walk as a service would have: one at a time, the newest waits.

    A day's outcomes are looked at together at its end, and only once the record has grown by a fiftieth;
    once a week the champion is watched for drift.
    """

    def __init__(
        self,
        samples: Sequence[LabelledSample],
        forest_of: ForestMaker,
        rules: WalkForwardRules,
        chance: Chance,
    ) -> None:
        self._samples = samples
        self._forest_of = forest_of
        self._rules = rules
        self._chance = chance

    def history(self, steps: Sequence[WalkStep]) -> TrialsHeld:
        """Play the models that were trained through the seat, in their order."""
        seat = _Seat()
        last_ms = max((one.outcome.resolved_at_ms for one in self._samples), default=0)
        for step, until_ms in _until_the_next(steps, last_ms + _LOOK_EVERY_MS):
            if isinstance(step.model, TrainedModel):
                seat.challengers += 1
                if unfit_for_trial(step.model.record) is None:
                    seat.waiting = step.model
            for day, now_ms in enumerate(range(step.at_ms, until_ms, _LOOK_EVERY_MS)):
                self._look(seat, now_ms)
                if seat.champion is not None and day % _WATCH_EVERY_DAYS == 0:
                    self._watch(seat, seat.champion, now_ms)
        counts = seat.challengers, seat.trials, seat.given_up
        return TrialsHeld(*counts, tuple(seat.attempts), tuple(seat.changes))

    def _look(self, seat: _Seat, now_ms: int) -> None:
        if seat.trial is None and seat.waiting is not None:
            seat.trial, seat.waiting = self._begun(seat, seat.waiting), None
        trial = seat.trial
        if trial is None:
            return
        record = [score for score in trial.scores if score.resolved_at_ms <= now_ms]
        if len(record) < max(1.0, trial.measured * _WORTH_MEASURING):
            return
        trial.measured = len(record)
        gate = self._rules.trial.gate
        length, is_awaited = record_length(record, gate), seat.waiting is not None
        step = next_step(trial.look, length, self._rules.trial, is_awaited=is_awaited)
        if isinstance(step, GiveUp):
            seat.given_up += 1
            seat.trial = None
        elif isinstance(step, Look):
            verdict = review(record, trial.learned_ms, len(seat.attempts) + 1, self._chance, gate)
            trial.look = step.number
            seat.attempts.append(Attempt(now_ms, trial.model.record.model_id, step.number, verdict))
            _settle(seat, trial, state_after(step, verdict.decision), now_ms)

    def _begun(self, seat: _Seat, model: TrainedModel) -> _Trial:
        """Begin a trial; what will be judged was decided on after champion and challenger had learned."""
        seat.trials += 1
        asked = OpinionatedModel(model, self._forest_of, self._rules.training.calibration.bound_z)
        champion = None if seat.champion is None else seat.champion.asked
        scores = shadow_record(self._samples, asked, champion)
        learned_ms = learned_until_ms(model.record, None if champion is None else champion.record)
        return _Trial(model, asked, learned_ms, scores)

    def _watch(self, seat: _Seat, champion: _Champion, now_ms: int) -> None:
        known = [one for one in self._samples if one.outcome.resolved_at_ms <= now_ms]
        verdict = look_at_champion(champion.asked, known, champion.drift, self._rules.watch)
        if verdict is None or verdict.state is champion.drift:
            return
        champion.drift = verdict.state
        is_demoted = verdict.state is DriftState.DEMOTED
        seated = None if is_demoted else champion.model
        seat.changes.append(ChampionChanged(now_ms, seated, verdict.state, verdict.reasons))
        if is_demoted:
            seat.champion = None


def every_challenger(steps: Sequence[WalkStep]) -> tuple[ChampionChanged, ...]:
    """Seat every model as soon as it is trained, as if there were no gate."""
    reasons = ("seated without any proof, to show what would have been",)
    return tuple(
        ChampionChanged(step.at_ms, step.model, DriftState.STEADY, reasons)
        for step in steps
        if isinstance(step.model, TrainedModel)
    )


def seatings(changes: Sequence[ChampionChanged]) -> int:
    """Count how often a model took the seat; one that only drifts sat there before."""
    before: TrainedModel | None = None
    taken = 0
    for change in changes:
        taken += change.model is not None and change.model is not before
        before = change.model
    return taken


def _settle(seat: _Seat, trial: _Trial, state: ModelState, now_ms: int) -> None:
    if state is ModelState.CHALLENGER:
        return
    if state is ModelState.CHAMPION:
        seat.champion = _Champion(trial.model, trial.asked)
        reasons = seat.attempts[-1].verdict.reasons
        seat.changes.append(ChampionChanged(now_ms, trial.model, DriftState.STEADY, reasons))
    seat.trial = None


def _until_the_next(steps: Sequence[WalkStep], end_ms: int) -> Iterator[tuple[WalkStep, int]]:
    moments = [step.at_ms for step in steps]
    return zip(steps, [*moments[1:], end_ms], strict=False)
