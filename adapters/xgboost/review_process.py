"""Challengers put to their test in a process of its own."""

from collections.abc import Callable
from typing import NamedTuple

from adapters.xgboost.learning_process import CHILD, BrokeOff, LearningProcess
from application.model_review import reviewed
from application.ports.forest import ForestMaker
from application.ports.model_reviewer import LookedAt, ReviewAnswer, ReviewFailed, ReviewOrder
from application.shadow_record import unseen_samples
from domain.learning.block_bootstrap import Chance
from domain.learning.outcome import LabelledSample
from domain.learning.trial import GiveUp, NotYet


class Review(NamedTuple):
    """An order without its samples, and what it takes to carry it out."""

    order: ReviewOrder
    forest_of: ForestMaker
    chance_of: Callable[[int], Chance]

    def done_with(self, samples: tuple[LabelledSample, ...]) -> ReviewAnswer:
        """Look at a challenger's record, or say what it lacks."""
        return reviewed(self.order._replace(samples=samples), self.forest_of, self.chance_of)


class ReviewProcess:
    """Reviews beside the service; only samples that nobody has learned from go over the pipe.

    `forest_of` and `chance_of` go by name: each is a class or function of a module that the process can
    import. `command` is what is started.
    """

    def __init__(
        self,
        forest_of: ForestMaker,
        chance_of: Callable[[int], Chance],
        longest_s: float = 600.0,
        command: tuple[str, ...] = CHILD,
    ) -> None:
        self._forest_of = forest_of
        self._chance_of = chance_of
        self._process = LearningProcess(longest_s, command)

    async def review(self, order: ReviewOrder) -> ReviewAnswer:
        """Look at a challenger's record, or say what it lacks.

        Raises ReviewFailed when the process dies, is killed or takes longer than `longest_s`.
        """
        champion = None if order.champion is None else order.champion.record
        samples = unseen_samples(order.samples, order.challenger.record, champion)
        review = Review(order._replace(samples=()), self._forest_of, self._chance_of)
        try:
            answer = await self._process.answer(review, samples)
        except TimeoutError:
            raise ReviewFailed(f"no review within {self._process.longest_s:g} s") from None
        except BrokeOff as broke_off:
            raise ReviewFailed(str(broke_off)) from broke_off
        if not isinstance(answer, NotYet | GiveUp | LookedAt):
            raise ReviewFailed(f"the learning process gave a {type(answer).__name__}")
        return answer
