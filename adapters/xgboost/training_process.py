"""Training in a process of its own."""

from typing import NamedTuple

from adapters.xgboost.learning_process import CHILD, BrokeOff, LearningProcess
from application.ports.model_trainer import NotTrained, TrainingOrder, WhyNotTrained
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel


class Training(NamedTuple):
    """An order without its samples."""

    order: TrainingOrder

    def done_with(self, samples: tuple[LabelledSample, ...]) -> TrainedModel | NotTrained:
        """Give a model, or say why there is none."""
        from adapters.xgboost.model_trainer import (  # noqa: PLC0415 - XGBoost is for the process that trains only
            trained_model,
        )

        return trained_model(self.order._replace(samples=samples))


class TrainingProcess:
    """Trains beside the service.

    A process that dies, is killed or takes longer than `longest_s` is told as NotTrained. `command` is
    what is started.
    """

    def __init__(self, longest_s: float = 600.0, command: tuple[str, ...] = CHILD) -> None:
        self._process = LearningProcess(longest_s, command)

    async def train(self, order: TrainingOrder) -> TrainedModel | NotTrained:
        """Give a model, or say why there is none."""
        try:
            answer = await self._process.answer(Training(order._replace(samples=())), order.samples)
        except TimeoutError:
            words = f"no model within {self._process.longest_s:g} s"
            return NotTrained(WhyNotTrained.TOOK_TOO_LONG, words)
        except BrokeOff as broke_off:
            return NotTrained(WhyNotTrained.BROKE_OFF, str(broke_off))
        if not isinstance(answer, TrainedModel | NotTrained):
            words = f"the learning process gave a {type(answer).__name__}"
            return NotTrained(WhyNotTrained.BROKE_OFF, words)
        return answer
