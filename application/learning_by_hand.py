"""What a person may do about models: train one now, have one tested now, seat one, send one away."""

from typing import NamedTuple

from application.learning_cycle import BY_HAND, LearningCycle
from application.ports.model_registry import ModelRegistry
from application.ports.sample_book import SampleBook
from domain.halt import TradingHalt
from domain.learning.model_history import Happening, ModelHistory, What, history_of
from domain.learning.retrain_rule import RetrainRules, due_training


class NothingToDo(Exception):
    """There is nobody to promote or to send away; the message says what would change that."""


class Done(NamedTuple):
    """What happened, oldest first, who sits on the seat after it, and what a test still lacks."""

    happened: tuple[Happening, ...]
    history: ModelHistory
    missing: tuple[str, ...] = ()


async def last_moment_ms(book: SampleBook, registry: ModelRegistry, newest: int) -> int:
    """Tell up to when a learning file knows anything: the present of a market that is made up or recorded.

    Looks at the `newest` samples. Raises StoreFailed.
    """
    ends = [one.outcome.resolved_at_ms for one in await book.resolved(newest)]
    return max([0, *ends, *(one.at_ms for one in await registry.history())])


class LearningByHand:
    """Every step is a happening in the registry, like those that learning takes by itself."""

    def __init__(
        self, book: SampleBook, registry: ModelRegistry, cycle: LearningCycle, rules: RetrainRules
    ) -> None:
        self._book = book
        self._registry = registry
        self._cycle = cycle
        self._rules = rules

    async def train(self, now_ms: int) -> Done:
        """Train a challenger now; it counts as the training that is due, where one is. Raises StoreFailed."""
        before = await self._opened()
        last = history_of(before).last_training
        due = due_training(await self._book.closed_trades(), last, self._rules)
        await self._cycle.train(now_ms, BY_HAND if due is None else due)
        return await self._since(before)

    async def promote(self, now_ms: int) -> Done:
        """Have the challenger on trial tested now, at the price of an attempt if its record is long enough.

        Raises NothingToDo without a challenger, StoreFailed.
        """
        before = await self._opened()
        _require_challenger(before)
        await self._cycle.hold_trial(now_ms)
        done = await self._since(before)
        return done._replace(missing=self._cycle.missing)

    async def seat_by_hand(self, now_ms: int) -> Done:
        """Seat the challenger on trial without proof. Raises NothingToDo without one, StoreFailed."""
        before = await self._opened()
        model = _require_challenger(before)
        why = ("somebody asked for it; nothing was proven",)
        await self._registry.keep([Happening(now_ms, What.SEATED_BY_HAND, model, reasons=why)])
        return await self._since(before)

    async def roll_back(self, now_ms: int) -> Done:
        """Send the champion away; the last that retired sits again, or nobody.

        Raises NothingToDo where the seat is empty and nobody retired from it, StoreFailed.
        """
        before = await self._opened()
        roster = history_of(before).roster
        try:
            roster.rolled_back()
        except TradingHalt as halt:
            raise NothingToDo(f"{halt}; `slt learn status` tells what happened") from halt
        why = ("somebody asked for it",)
        await self._registry.keep([Happening(now_ms, What.ROLLED_BACK, roster.champion or "", reasons=why)])
        return await self._since(before)

    async def _opened(self) -> tuple[Happening, ...]:
        await self._cycle.open()
        return await self._registry.history()

    async def _since(self, before: tuple[Happening, ...]) -> Done:
        happenings = await self._registry.history()
        return Done(happenings[len(before) :], history_of(happenings))


def _require_challenger(happenings: tuple[Happening, ...]) -> str:
    model = history_of(happenings).roster.on_trial
    if model is None:
        raise NothingToDo("no challenger is on trial; `slt learn train` trains one")
    return model
