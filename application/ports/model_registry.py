"""The port that keeps every model that was ever trained, and what happened to it."""

from collections.abc import Sequence
from typing import Protocol

from domain.learning.model_history import Happening
from domain.learning.model_record import ModelRecord
from domain.learning.trained_model import TrainedModel


class ModelRegistry(Protocol):
    """Keeps models whole, and one history that is only ever added to."""

    async def keep(self, happenings: Sequence[Happening], models: Sequence[TrainedModel] = ()) -> None:
        """Write all or nothing; durable when this returns.

        The same model again changes nothing: its record stays as it was first kept. Raises StoreFailed,
        also for a happening to a model that is not kept, for one that cannot follow what happened before,
        and for a model that is not intact.
        """
        ...

    async def history(self) -> tuple[Happening, ...]:
        """Give what happened, oldest first."""
        ...

    async def records(self) -> tuple[ModelRecord, ...]:
        """Give what every model says of itself, in the order in which they were kept."""
        ...

    async def model(self, model_id: str) -> TrainedModel:
        """Give one model whole. Raises ModelNotKept, or StoreFailed where it is not what it was."""
        ...


class ModelNotKept(LookupError):
    """No model of that name is in the registry."""
