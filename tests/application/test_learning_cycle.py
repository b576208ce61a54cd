import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.memory.model_registry import MemoryModelRegistry
from adapters.memory.sample_book import MemorySampleBook
from adapters.xgboost.model_trainer import XGBoostTrainer
from application.learning_cycle import LearningCycle, LearningRules
from application.ports.model_registry import ModelRegistry
from application.ports.model_reviewer import ReviewAnswer, ReviewFailed, ReviewOrder
from application.ports.model_trainer import NotTrained, TrainingOrder
from application.ports.sample_book import Lessons
from application.ports.trade_store import StoreFailed
from domain.learning.drift import DriftState
from domain.learning.model_history import Happening, What
from domain.learning.outcome import LabelledSample
from domain.learning.retrain_rule import RetrainRules
from domain.learning.trained_model import TrainedModel
from tests.learning_steps import RULES, SELDOM, a_cycle, lessons_of
from tests.training_samples import resolved_samples

FIFTY = tuple(f"T{number}" for number in range(50))
KNOWN = resolved_samples(1_200, edge=1.5)
TAUGHT, REST = KNOWN[:400], KNOWN[400:]
LATER_MS = KNOWN[-1].outcome.resolved_at_ms
TAUGHT_MS = TAUGHT[-1].outcome.resolved_at_ms


class FullDisk(MemoryModelRegistry):
    """Keeps nothing until there is room."""

    has_room = False

    async def keep(self, happenings: Sequence[Happening], models: Sequence[TrainedModel] = ()) -> None:
        if not self.has_room:
            raise StoreFailed("the disk is full")
        await super().keep(happenings, models)


async def opened(rules: LearningRules = RULES, registry: ModelRegistry | None = None) -> LearningCycle:
    cycle = a_cycle(rules, registry=registry)
    await cycle.open()
    return cycle


async def lived_through(cycle: LearningCycle, samples: Sequence[LabelledSample], step: int = 50) -> list[str]:
    """Take samples in, step by step, and give what the seat said on the way."""
    seats: list[str] = []
    for start in range(0, len(samples), step):
        part = samples[start : start + step]
        await cycle.take(lessons_of(part))
        changes = await cycle.step(max(one.outcome.resolved_at_ms for one in part))
        seats += ["nobody" if change.model is None else str(change.drift) for change in changes]
    return seats


def happened(registry: MemoryModelRegistry) -> list[tuple[What, int]]:
    return [(one.what, one.training) for one in asyncio.run(registry.history())]


def test_the_fiftieth_closed_trade_trains_a_challenger_once_over_restarts() -> None:
    registry, book = MemoryModelRegistry(), MemorySampleBook()

    async def session() -> None:
        cycle = a_cycle(book=book, registry=registry)
        await cycle.open()
        await cycle.take(lessons_of(TAUGHT, FIFTY[:49]))
        await cycle.step(TAUGHT_MS)
        assert cycle.history.last_training == 0
        await cycle.take(Lessons(closed_trades=FIFTY[40:]))
        assert cycle.is_due
        await cycle.step(TAUGHT_MS)

    async def another() -> None:
        cycle = a_cycle(book=book, registry=registry)
        await cycle.open()
        await cycle.take(Lessons(closed_trades=FIFTY))
        await cycle.step(TAUGHT_MS)
        assert cycle.history.roster.on_trial is not None

    asyncio.run(session())
    asyncio.run(another())
    assert happened(registry) == [(What.TRAINED, 1)]


def test_a_training_that_could_not_be_kept_is_due_again() -> None:
    registry = FullDisk()

    async def session() -> None:
        cycle = await opened(registry=registry)
        await cycle.take(lessons_of(TAUGHT, FIFTY))
        with pytest.raises(StoreFailed):
            await cycle.step(TAUGHT_MS)
        assert (cycle.is_due, cycle.history.roster.on_trial) == (True, None)
        registry.has_room = True
        await cycle.step(TAUGHT_MS)

    asyncio.run(session())
    assert happened(registry) == [(What.TRAINED, 1)]


class Counted(XGBoostTrainer):
    """Counts how often it was asked, and lets others have a turn before it answers."""

    asked = 0

    async def train(self, order: TrainingOrder) -> TrainedModel | NotTrained:
        self.asked += 1
        await asyncio.sleep(0)
        return await super().train(order)


def test_a_model_for_which_there_was_no_room_is_kept_later_and_not_trained_again() -> None:
    registry, trainer = FullDisk(), Counted()

    async def session() -> None:
        cycle = await opened(registry=registry)
        cycle._trainer = trainer  # noqa: SLF001 - to count how often it is asked
        await cycle.take(lessons_of(TAUGHT, FIFTY))
        for _ in range(3):
            with pytest.raises(StoreFailed):
                await cycle.step(TAUGHT_MS)
        registry.has_room = True
        await cycle.step(LATER_MS)
        model = await registry.model(cycle.history.roster.on_trial or "")
        assert model.record.trained_at_ms == TAUGHT_MS

    asyncio.run(session())
    assert trainer.asked == 1
    assert happened(registry) == [(What.TRAINED, 1)]


def test_two_sessions_on_one_file_train_once_for_the_same_fifty() -> None:
    registry, book = MemoryModelRegistry(), MemorySampleBook()

    async def session() -> LearningCycle:
        cycle = a_cycle(book=book, registry=registry)
        cycle._trainer = Counted()  # noqa: SLF001 - a training that takes its time
        await cycle.open()
        await cycle.take(lessons_of(TAUGHT, FIFTY))
        return cycle

    async def both() -> None:
        one, other = await session(), await session()
        await asyncio.gather(one.step(TAUGHT_MS), other.step(TAUGHT_MS + 1))
        assert (one.is_due, other.is_due) == (False, False)

    asyncio.run(both())
    assert happened(registry) == [(What.TRAINED, 1)]


def test_a_training_that_another_program_did_meanwhile_counts_as_one_by_hand() -> None:
    registry, book = MemoryModelRegistry(), MemorySampleBook()

    async def session() -> None:
        one, other = a_cycle(book=book, registry=registry), a_cycle(book=book, registry=registry)
        await one.open()
        await one.take(lessons_of(TAUGHT, FIFTY))
        await other.open()
        other._trainer = Counted()  # noqa: SLF001 - a training that takes its time
        await asyncio.gather(other.train(TAUGHT_MS, 1), one.step(TAUGHT_MS))
        assert other.history.last_training == 1

    asyncio.run(session())
    assert happened(registry) == [(What.TRAINED, 1), (What.TRAINED, 0)]


def test_a_long_past_of_the_champion_is_looked_at_bit_by_bit() -> None:
    registry, turns = MemoryModelRegistry(), [0]

    async def everyone_else() -> None:
        while True:
            turns[0] += 1
            await asyncio.sleep(0)

    async def session() -> None:
        cycle = await opened(SELDOM, registry)
        await cycle.take(lessons_of(TAUGHT))
        await cycle.train(TAUGHT_MS)
        await lived_through(cycle, REST)
        again = await opened(SELDOM, registry)
        await again.take(lessons_of(resolved_samples(3_000, edge=1.5)))
        others = asyncio.create_task(everyone_else())
        await asyncio.sleep(0)
        await again.step(resolved_samples(3_000, edge=1.5)[-1].outcome.resolved_at_ms)
        others.cancel()

    asyncio.run(session())
    assert turns[0] >= 3_000 // 200


def test_too_few_samples_are_told_and_not_tried_again_before_the_next_fifty() -> None:
    registry = MemoryModelRegistry()

    async def session() -> None:
        cycle = await opened(registry=registry)
        await cycle.take(lessons_of(TAUGHT[:20], FIFTY))
        await cycle.step(TAUGHT_MS)
        await cycle.step(TAUGHT_MS)

    asyncio.run(session())
    (told,) = asyncio.run(registry.history())
    assert (told.what, told.training, told.model) == (What.NOT_TRAINED, 1, "")
    assert told.reasons[0].startswith("too_few_samples: 20 samples make 0 folds")


def test_training_that_is_switched_off_is_never_due() -> None:
    async def session() -> None:
        cycle = await opened(replace(RULES, retrain=RetrainRules(is_enabled=False)))
        await cycle.take(lessons_of(TAUGHT, FIFTY))
        await cycle.step(TAUGHT_MS)
        assert cycle.history.roster.on_trial is None

    asyncio.run(session())


def test_an_edge_is_found_on_a_record_that_nobody_learned_from() -> None:
    registry = MemoryModelRegistry()

    async def session() -> list[str]:
        cycle = await opened(SELDOM, registry)
        await cycle.take(lessons_of(TAUGHT))
        await cycle.train(TAUGHT_MS)
        return await lived_through(cycle, REST)

    assert asyncio.run(session())[0] == "steady"
    trained, looked, promoted, *_ = asyncio.run(registry.history())
    assert (trained.what, looked.what, promoted.what) == (What.TRAINED, What.LOOKED_AT, What.PROMOTED)
    assert looked.verdict is not None
    assert looked.verdict.samples < len(REST)
    assert promoted.reasons == looked.verdict.reasons
    assert asyncio.run(registry.model(promoted.model)).record.model_id == trained.model


def test_noise_is_not_promoted_nor_even_tried_when_it_told_nothing_out_of_fold() -> None:
    noise, registry = resolved_samples(900, edge=0.0, seed=3), MemoryModelRegistry()

    async def session() -> None:
        cycle = await opened(SELDOM, registry)
        await cycle.take(lessons_of(noise[:400]))
        await cycle.train(noise[399].outcome.resolved_at_ms)
        assert await lived_through(cycle, noise[400:]) == []
        assert (cycle.history.roster.on_trial, cycle.history.roster.champion) == (None, None)

    asyncio.run(session())
    trained, refused = asyncio.run(registry.history())
    assert (trained.what, refused.what) == (What.TRAINED, What.REFUSED)
    assert refused.reasons[0].startswith("out of fold it told no more than the base rate: Brier skill -")


def test_what_the_record_of_a_challenger_lacks_is_told() -> None:
    async def session() -> None:
        cycle = await opened(SELDOM)
        await cycle.take(lessons_of(TAUGHT))
        await cycle.train(TAUGHT_MS)
        assert await lived_through(cycle, REST[:40]) == []
        assert "independent samples of 100" in cycle.missing[0]

    asyncio.run(session())


def test_a_newer_challenger_waits_and_an_even_newer_one_takes_its_place() -> None:
    registry = MemoryModelRegistry()

    async def session() -> LearningCycle:
        cycle = await opened(SELDOM, registry)
        for until in (400, 420, 440):
            await cycle.take(lessons_of(KNOWN[until - 20 if until > 400 else 0 : until]))
            await cycle.train(KNOWN[until - 1].outcome.resolved_at_ms)
        return cycle

    roster = asyncio.run(session()).history.roster
    first, second, third = (one.model for one in asyncio.run(registry.history()) if one.what is What.TRAINED)
    superseded = asyncio.run(registry.history())[-1]
    assert (roster.on_trial, roster.waiting) == (first, third)
    assert (superseded.what, superseded.model) == (What.SUPERSEDED, second)


def test_a_champion_whose_wins_stay_away_loses_the_seat() -> None:
    gone = [
        LabelledSample(one.sample, replace(one.outcome, net_r=-0.5))
        for one in resolved_samples(2_400, edge=1.5)[1_200:]
    ]

    async def session() -> tuple[list[str], LearningCycle]:
        cycle = await opened(SELDOM)
        await cycle.take(lessons_of(TAUGHT))
        await cycle.train(TAUGHT_MS)
        await lived_through(cycle, REST)
        assert cycle.history.roster.champion is not None
        return await lived_through(cycle, gone, step=25), cycle

    seats, cycle = asyncio.run(session())
    assert seats[-1] == "nobody"
    assert cycle.history.roster.champion is None
    assert cycle.history.drift is DriftState.STEADY


def test_the_seat_is_told_with_its_model_or_as_empty() -> None:
    async def session() -> None:
        cycle = await opened(SELDOM)
        assert (await cycle.seat(5)).model is None
        await cycle.take(lessons_of(TAUGHT))
        await cycle.train(TAUGHT_MS)
        await lived_through(cycle, REST)
        seat = await cycle.seat(LATER_MS)
        assert seat.model is not None
        assert seat.model.record.model_id == cycle.history.roster.champion

    asyncio.run(session())


def test_a_champion_by_hand_is_told_as_that_on_the_tape() -> None:
    async def session() -> None:
        registry = MemoryModelRegistry()
        cycle = await opened(SELDOM, registry)
        await cycle.take(lessons_of(TAUGHT))
        trained = await cycle.train(TAUGHT_MS)
        by_hand = Happening(TAUGHT_MS, What.SEATED_BY_HAND, trained.model)
        await registry.keep([by_hand])
        assert (await cycle.step(TAUGHT_MS)) == []
        seat = await cycle.seat(LATER_MS)
        assert seat.model is not None
        assert seat.reasons == ("seated by hand, without proof", "drift: steady")

    asyncio.run(session())


class BreaksOff:
    """A test that is always broken off."""

    async def review(self, order: ReviewOrder) -> ReviewAnswer:
        raise ReviewFailed(f"broken off at attempt {order.attempt}")


def test_a_test_that_was_broken_off_is_held_again() -> None:
    async def session() -> None:
        cycle = await opened(SELDOM)
        cycle._reviewer = BreaksOff()  # noqa: SLF001 - a process that dies cannot be had otherwise here
        await cycle.take(lessons_of(TAUGHT))
        await cycle.train(TAUGHT_MS)
        await lived_through(cycle, REST[:100])
        assert cycle.missing == ("broken off at attempt 1",)
        assert cycle.history.attempts == 0

    asyncio.run(session())
