"""A registry of models that lives as long as its session."""

from collections.abc import Sequence

from application.model_hash import is_intact
from application.ports.model_registry import ModelNotKept
from application.ports.trade_store import StoreFailed
from domain.halt import TradingHalt
from domain.learning.model_history import Happening, ModelHistory
from domain.learning.model_record import ModelRecord
from domain.learning.trained_model import TrainedModel


class MemoryModelRegistry:
    """Keeps models and what happened to them, for runs of which nothing need stay."""

    def __init__(self) -> None:
        self._models: dict[str, TrainedModel] = {}
        self._happenings: list[Happening] = []
        self._history = ModelHistory()

    async def keep(self, happenings: Sequence[Happening], models: Sequence[TrainedModel] = ()) -> None:
        """Keep all or nothing; the same model again changes nothing."""
        new_models = self._new_among(models)
        history = self._history
        for one in happenings:
            if one.model and one.model not in self._models and one.model not in new_models:
                raise StoreFailed(f"there is no model {one.model} that was {one.what}; nothing was changed")
            history = _followed(history, one)
        self._models.update(new_models)
        self._happenings += happenings
        self._history = history

    async def history(self) -> tuple[Happening, ...]:
        """Give what happened, oldest first."""
        return tuple(self._happenings)

    async def records(self) -> tuple[ModelRecord, ...]:
        """Give what every model says of itself, in the order in which they were kept."""
        return tuple(model.record for model in self._models.values())

    async def model(self, model_id: str) -> TrainedModel:
        """Give one model whole. Raises ModelNotKept."""
        if model_id not in self._models:
            raise ModelNotKept(f"there is no model {model_id}")
        return self._models[model_id]

    def _new_among(self, models: Sequence[TrainedModel]) -> dict[str, TrainedModel]:
        new: dict[str, TrainedModel] = {}
        for model in models:
            model_id = model.record.model_id
            if not is_intact(model):
                raise StoreFailed(f"{model_id} is not the name of this model; nothing was changed")
            if model_id not in self._models:
                new.setdefault(model_id, model)
        return new


def _followed(history: ModelHistory, one: Happening) -> ModelHistory:
    try:
        return history.after(one)
    except TradingHalt as halt:
        raise StoreFailed(f"{one.what} cannot follow what is kept: {halt}; nothing was changed") from halt
