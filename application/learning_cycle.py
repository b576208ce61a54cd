"""Learning goes round: samples, a challenger every so many trades, its trial, the seat, and drift."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from application.champion_watch import ChampionWatch, WatchRules
from application.known_samples import KnownSamples
from application.model_opinion import OpinionatedModel
from application.ports.forest import ForestMaker
from application.ports.model_registry import ModelRegistry
from application.ports.model_reviewer import (
    LookedAt,
    ModelReviewer,
    ReviewAnswer,
    ReviewFailed,
    ReviewOrder,
)
from application.ports.model_trainer import ModelTrainer, NotTrained, TrainingOrder
from application.ports.sample_book import Lessons, SampleBook
from application.seat_history import seatings
from domain.learning.champion_gate import GateDecision
from domain.learning.drift import DriftState
from domain.learning.model_history import Happening, ModelHistory, What
from domain.learning.model_life import ModelState
from domain.learning.outcome import LabelledSample
from domain.learning.retrain_rule import RetrainRules, due_training
from domain.learning.trained_model import TrainedModel
from domain.learning.training_rules import TrainingRules
from domain.learning.trial import GiveUp, NotYet, TrialRules, state_after, unfit_for_trial
from domain.tape import ChampionChanged

BY_HAND: Final = 0
"""The number of a training that somebody asked for."""

_WATCHED_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class LearningRules:
    """When is learned, and how. Trainings see the newest `most_samples`.

    Trial and champion are looked at after `look_every` resolved samples; after more, up to eight times as
    many, once the record has grown by less than a tenth between looks.
    """

    training: TrainingRules = field(default_factory=TrainingRules)
    retrain: RetrainRules = field(default_factory=RetrainRules)
    trial: TrialRules = field(default_factory=TrialRules)
    watch: WatchRules = field(default_factory=WatchRules)
    look_every: int = 25
    most_samples: int = 20_000
    seed: int = 7


class LearningCycle:
    """Where learning stands, and its next step; everything that happens is in the registry before it counts.

    Time is told with every step. What a step changes on the champion's seat is given back, for the tape.
    """

    def __init__(
        self,
        book: SampleBook,
        registry: ModelRegistry,
        trainer: ModelTrainer,
        reviewer: ModelReviewer,
        forest_of: ForestMaker,
        rules: LearningRules,
    ) -> None:
        self._book = book
        self._registry = registry
        self._trainer = trainer
        self._reviewer = reviewer
        self._forest_of = forest_of
        self._rules = rules
        self._samples = KnownSamples(rules.most_samples)
        self._history = ModelHistory()
        self._happenings = 0
        self._unkept: tuple[int, TrainedModel | NotTrained] | None = None
        self._models: dict[str, TrainedModel] = {}
        self._watch: ChampionWatch | None = None
        self._closed_trades = 0
        self._look_at = 0
        self._counted_from = 0
        self.missing: tuple[str, ...] = ()
        """What the record of the challenger on trial lacked at the last look."""

    @property
    def history(self) -> ModelHistory:
        """Where the models stand."""
        return self._history

    @property
    def is_due(self) -> bool:
        """Whether a step would find something to do."""
        return self._samples.resolved >= self._look_at or self._due_training is not None

    async def open(self) -> None:
        """Learn what is kept. Raises StoreFailed."""
        self._samples.add_all(await self._book.resolved(self._rules.most_samples))
        self._closed_trades = await self._book.closed_trades()
        await self._catch_up()

    async def take(self, lessons: Lessons) -> None:
        """Write lessons down, then take them in. Raises StoreFailed; the same may then be taken again."""
        await self._book.keep(lessons)
        if lessons.closed_trades:
            self._closed_trades = await self._book.closed_trades()
        self._samples.learn(lessons)

    async def seat(self, now_ms: int) -> ChampionChanged:
        """Tell who sits on the champion's seat. Raises StoreFailed."""
        champion, drift = await self._champion(), self._history.drift
        if champion is None:
            return ChampionChanged(now_ms, None, drift, ("nobody has proven itself",))
        last = seatings(await self._registry.history())[-1]
        doubt = ("seated by hand, without proof",) if last.is_by_hand else ()
        return ChampionChanged(now_ms, champion, drift, (*doubt, f"drift: {drift}"))

    async def step(self, now_ms: int) -> list[ChampionChanged]:
        """Do what is due, and tell what changed on the champion's seat. Raises StoreFailed.

        What somebody did to the models meanwhile by hand counts from here on.
        """
        await self._catch_up()
        number = self._due_training
        if number is not None:
            await self._train_once(now_ms, number)
        if self._samples.resolved < self._look_at:
            return []
        self._look_at = self._next_look()
        seated = await self.hold_trial(now_ms)
        return seated or await self._watch_champion(now_ms)

    async def train(self, now_ms: int, number: int = BY_HAND) -> Happening:
        """Train a challenger on all that is resolved. Raises StoreFailed.

        Where another program did the training of this number meanwhile, it counts as one by hand.
        """
        trained = await self._trained(now_ms)
        await self._catch_up()
        counted = number if number > self._history.last_training else BY_HAND
        return await self._keep_training(trained, now_ms, counted)

    async def _train_once(self, now_ms: int, number: int) -> None:
        """Do a training that is due, unless another program did meanwhile; what came of it is made once."""
        if self._unkept is None or self._unkept[0] != number:
            self._unkept = number, await self._trained(now_ms)
            await self._catch_up()
        if number > self._history.last_training:
            await self._keep_training(self._unkept[1], now_ms, number)
        self._unkept = None

    async def _trained(self, now_ms: int) -> TrainedModel | NotTrained:
        order = TrainingOrder(
            samples=self._samples.of_newest_schema(now_ms),
            rules=self._rules.training,
            seed=self._rules.seed,
            trained_at_ms=now_ms,
            parent=self._history.roster.champion,
        )
        return await self._trainer.train(order)

    async def _keep_training(self, trained: TrainedModel | NotTrained, now_ms: int, number: int) -> Happening:
        if isinstance(trained, NotTrained):
            why = (f"{trained.reason}: {trained.detail}",)
            told = Happening(now_ms, What.NOT_TRAINED, "", number, reasons=why)
            await self._happened(told)
            return told
        told = Happening(now_ms, What.TRAINED, trained.record.model_id, number)
        await self._happened(told, *self._at_once(told, trained), models=(trained,))
        return told

    def _at_once(self, told: Happening, trained: TrainedModel) -> list[Happening]:
        """Give what follows from a training: it is not worth a trial, or another one waits no more."""
        unfit = unfit_for_trial(trained.record)
        is_new = all(model != told.model for model, _ in self._history.roster.states)
        if unfit is not None and is_new:
            return [Happening(told.at_ms, What.REFUSED, told.model, reasons=(unfit,))]
        return self._superseded_by(told)

    def _superseded_by(self, trained: Happening) -> list[Happening]:
        """Name the challenger that waits no more, now that a newer one does."""
        waited, waits = self._history.roster.waiting, self._history.after(trained).roster.waiting
        if waited is None or waits == waited:
            return []
        why = (f"{trained.model} is newer",)
        return [Happening(trained.at_ms, What.SUPERSEDED, waited, reasons=why)]

    async def hold_trial(self, now_ms: int) -> list[ChampionChanged]:
        """Look at the challenger on trial if its record is long enough. Raises StoreFailed."""
        model = self._history.roster.on_trial
        if model is None:
            return []
        challenger = await self._model(model)
        answer = await self._reviewed(challenger)
        match answer:
            case NotYet():
                self.missing = answer.missing
            case GiveUp():
                await self._happened(Happening(now_ms, What.REFUSED, model, reasons=(answer.reason,)))
            case LookedAt():
                return await self._after_look(challenger, answer, now_ms)
        return []

    async def _after_look(
        self, challenger: TrainedModel, looked: LookedAt, now_ms: int
    ) -> list[ChampionChanged]:
        model, verdict = challenger.record.model_id, looked.verdict
        if verdict.decision is GateDecision.TOO_EARLY:
            self.missing = verdict.reasons
            return []
        look, why = looked.look.number, verdict.reasons
        told = Happening(now_ms, What.LOOKED_AT, model, look=look, verdict=verdict, reasons=why)
        following = state_after(looked.look, verdict.decision)
        if following is ModelState.CHAMPION:
            await self._happened(told, Happening(now_ms, What.PROMOTED, model, reasons=why))
            return [ChampionChanged(now_ms, challenger, DriftState.STEADY, why)]
        if following is ModelState.REFUSED:
            last = Happening(now_ms, What.REFUSED, model, reasons=(f"not shown by look {look}, the last",))
            await self._happened(told, last)
        else:
            await self._happened(told)
        return []

    async def _watch_champion(self, now_ms: int) -> list[ChampionChanged]:
        champion = await self._champion()
        if champion is None:
            return []
        samples, before = self._samples.all(), self._history.drift
        verdict = (await self._watch_over(champion, samples)).look(samples, before)
        if verdict is None or verdict.state is before:
            return []
        model, state = champion.record.model_id, verdict.state
        what = What.DEMOTED if state is DriftState.DEMOTED else What.DRIFTED
        await self._happened(Happening(now_ms, what, model, drift=state, reasons=verdict.reasons))
        seated = None if what is What.DEMOTED else champion
        return [ChampionChanged(now_ms, seated, state, verdict.reasons)]

    async def _watch_over(self, champion: TrainedModel, samples: Sequence[LabelledSample]) -> ChampionWatch:
        """Give the watch that remembers its last look at this champion, or begin one, bit by bit."""
        watch = self._watch
        if watch is None or watch.champion.record.model_id != champion.record.model_id:
            asked = OpinionatedModel(champion, self._forest_of, self._rules.training.calibration.bound_z)
            watch = self._watch = ChampionWatch(asked, self._rules.watch)
            for known in range(_WATCHED_AT_ONCE, len(samples), _WATCHED_AT_ONCE):
                watch.figures(samples[:known])
                await asyncio.sleep(0)
        return watch

    async def _reviewed(self, challenger: TrainedModel) -> ReviewAnswer:
        order = ReviewOrder(
            samples=self._samples.all(),
            challenger=challenger,
            champion=await self._champion(),
            looks=self._history.looks,
            attempt=self._history.attempts + 1,
            rules=self._rules.trial,
            calibration=self._rules.training.calibration,
            seed=self._rules.seed,
            is_awaited=self._history.roster.waiting is not None,
        )
        try:
            return await self._reviewer.review(order)
        except ReviewFailed as failed:
            return NotYet((str(failed),))

    def _next_look(self) -> int:
        resolved, every = self._samples.resolved, self._rules.look_every
        grown = resolved - self._counted_from
        return resolved + min(max(every, grown // 10), 8 * every)

    @property
    def _due_training(self) -> int | None:
        return due_training(self._closed_trades, self._history.last_training, self._rules.retrain)

    async def _champion(self) -> TrainedModel | None:
        model = self._history.roster.champion
        return None if model is None else await self._model(model)

    async def _model(self, model_id: str) -> TrainedModel:
        if model_id not in self._models:
            self._models[model_id] = await self._registry.model(model_id)
        return self._models[model_id]

    async def _catch_up(self) -> None:
        """Take in what happened since, by whomever."""
        happenings = await self._registry.history()
        for one in happenings[self._happenings :]:
            self._history = self._history.after(one)
        self._happenings = len(happenings)

    async def _happened(self, *happenings: Happening, models: Sequence[TrainedModel] = ()) -> None:
        """Keep what happened, all or nothing; it counts from then on. Raises StoreFailed."""
        await self._registry.keep(happenings, models)
        before = self._history.roster
        await self._catch_up()
        if self._history.roster != before:
            self._counted_from = self._samples.resolved
