"""Where learning stands, from what is kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from application.model_opinion import OpinionatedModel
from application.ports.forest import ForestMaker
from application.ports.model_registry import ModelRegistry
from application.ports.sample_book import SampleBook, SampleCounts
from application.seat_history import Seating, seatings
from application.shadow_record import shadow_record
from domain.learning.alpha_spending import alpha_spent
from domain.learning.calibration import CalibrationRules
from domain.learning.champion_gate import RecordLength, record_length
from domain.learning.drift import DriftState
from domain.learning.model_history import Happening, What, history_of
from domain.learning.model_life import ModelState
from domain.learning.model_record import ModelRecord
from domain.learning.retrain_rule import RetrainRules, due_training, trades_until_due
from domain.learning.trial import GiveUp, NotYet, TrialRules, next_step


@dataclass(frozen=True, slots=True)
class StatusRules:
    """What counts and what is tried, as the service is set; the newest `most_samples` are looked at."""

    trial: TrialRules = field(default_factory=TrialRules)
    retrain: RetrainRules = field(default_factory=RetrainRules)
    calibration: CalibrationRules = field(default_factory=CalibrationRules)
    most_samples: int = 20_000


class OnSeat(NamedTuple):
    """The champion, since when and why it sits, and what drift has done to it."""

    record: ModelRecord
    seating: Seating
    drift: DriftState


class OnTrial(NamedTuple):
    """The challenger that is looked at: how often it was, its record so far, and what is missing.

    Nothing is missing where the next look is due.
    """

    record: ModelRecord
    looks: int
    most_looks: int
    length: RecordLength
    missing: tuple[str, ...]


class Spending(NamedTuple):
    """How often the gate was asked, and how much of the chance of a false promotion that took."""

    attempts: int
    alpha_spent: float
    total_alpha: float


class Schedule(NamedTuple):
    """When the next challenger is trained. `is_enabled` is false under DISABLE_MODEL_TRAINING."""

    closed_trades: int
    last_training: int
    trades_until_next: int
    is_due: bool
    is_enabled: bool


class KnownModel(NamedTuple):
    """A model, and what it is now."""

    record: ModelRecord
    state: ModelState


@dataclass(frozen=True, slots=True)
class LearningStatus:
    """All of it; `headline` says the most important thing in plain words."""

    headline: str
    champion: OnSeat | None
    on_trial: OnTrial | None
    waiting: ModelRecord | None
    spending: Spending
    schedule: Schedule
    counts: SampleCounts
    models: tuple[KnownModel, ...]
    happenings: tuple[Happening, ...]
    seatings: tuple[Seating, ...]

    @property
    def newest(self) -> ModelRecord | None:
        """What was trained last, whatever became of it."""
        return self.models[-1].record if self.models else None


class LearningArchive:
    """Reads what is kept of learning, and changes nothing."""

    def __init__(
        self, book: SampleBook, registry: ModelRegistry, forest_of: ForestMaker, rules: StatusRules
    ) -> None:
        self._book = book
        self._registry = registry
        self._forest_of = forest_of
        self._rules = rules

    async def status(self) -> LearningStatus:
        """Tell where learning stands. Raises StoreFailed, or TradingHalt for a history that cannot be."""
        happenings = await self._registry.history()
        history, changes = history_of(happenings), seatings(happenings)
        records = {one.model_id: one for one in await self._registry.records()}
        roster, rules = history.roster, self._rules
        champion = None
        if roster.champion is not None:
            champion = OnSeat(records[roster.champion], changes[-1], history.drift)
        closed = await self._book.closed_trades()
        spent = alpha_spent(history.attempts, rules.trial.gate.total_alpha)
        return LearningStatus(
            headline=headline(champion, changes, has_models=bool(records)),
            champion=champion,
            on_trial=await self._on_trial(roster.on_trial, roster.champion, history.looks),
            waiting=None if roster.waiting is None else records[roster.waiting],
            spending=Spending(history.attempts, spent, rules.trial.gate.total_alpha),
            schedule=_schedule(closed, history.last_training, rules.retrain),
            counts=await self._book.counts(),
            models=tuple(KnownModel(records[model], state) for model, state in roster.states),
            happenings=happenings,
            seatings=changes,
        )

    async def _on_trial(self, challenger: str | None, champion: str | None, looks: int) -> OnTrial | None:
        if challenger is None:
            return None
        asked = await self._asked(challenger)
        rival = None if champion is None else await self._asked(champion)
        samples = await self._book.resolved(self._rules.most_samples)
        rules = self._rules.trial
        length = record_length(shadow_record(samples, asked, rival), rules.gate)
        step = next_step(looks, length, rules)
        missing: Sequence[str] = ()
        if isinstance(step, NotYet):
            missing = step.missing
        elif isinstance(step, GiveUp):
            missing = (f"it will be given up: {step.reason}",)
        return OnTrial(asked.record, looks, rules.most_looks, length, tuple(missing))

    async def _asked(self, model_id: str) -> OpinionatedModel:
        model = await self._registry.model(model_id)
        return OpinionatedModel(model, self._forest_of, self._rules.calibration.bound_z)


def headline(champion: OnSeat | None, changes: Sequence[Seating], *, has_models: bool) -> str:
    """Say in one sentence who is believed, and what that means for trading."""
    if champion is None:
        return f"{_why_nobody(changes, has_models=has_models)}: exploration in paper, no trade in live"
    name = f"Champion {champion.record.model_id}"
    if champion.seating.is_by_hand:
        name += ", seated by hand, without proof,"
    if champion.drift is DriftState.STEADY:
        return f"{name} decides how much is bet on each setup"
    return f"{name} has drifted and is {champion.drift}: {_AFTER_DRIFT[champion.drift]}"


_AFTER_DRIFT: Final = {
    DriftState.WARNED: "it still bets as before",
    DriftState.SHRUNK: "it may place only a part of its bet",
    DriftState.DEMOTED: "it is asked no more",
}


def _why_nobody(changes: Sequence[Seating], *, has_models: bool) -> str:
    if not has_models:
        return "No model has learned anything yet"
    if changes and changes[-1].by.what is What.DEMOTED:
        return f"Champion {changes[-1].by.model} was demoted for drift, no other model has proven itself"
    return "No model has proven itself"


def _schedule(closed: int, last_training: int, rules: RetrainRules) -> Schedule:
    return Schedule(
        closed_trades=closed,
        last_training=last_training,
        trades_until_next=trades_until_due(closed, last_training, rules),
        is_due=due_training(closed, last_training, rules) is not None,
        is_enabled=rules.is_enabled,
    )
