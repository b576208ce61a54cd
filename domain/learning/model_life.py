"""The life of a model, from challenger to whatever ends its time."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.halt import TradingHalt


class ModelState(StrEnum):
    """What a model is at a moment; at most one is champion."""

    CHALLENGER = "challenger"
    CHAMPION = "champion"
    RETIRED = "retired"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    DEMOTED = "demoted"
    ROLLED_BACK = "rolled_back"


class ModelEvent(StrEnum):
    """What happens to a model."""

    PROMOTED = "promoted"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    SUCCEEDED = "succeeded"
    DEMOTED = "demoted"
    ROLLED_BACK = "rolled_back"
    REINSTATED = "reinstated"


NEXT: Final = {
    ModelState.CHALLENGER: {
        ModelEvent.PROMOTED: ModelState.CHAMPION,
        ModelEvent.REFUSED: ModelState.REFUSED,
        ModelEvent.SUPERSEDED: ModelState.SUPERSEDED,
    },
    ModelState.CHAMPION: {
        ModelEvent.SUCCEEDED: ModelState.RETIRED,
        ModelEvent.DEMOTED: ModelState.DEMOTED,
        ModelEvent.ROLLED_BACK: ModelState.ROLLED_BACK,
    },
    ModelState.RETIRED: {ModelEvent.REINSTATED: ModelState.CHAMPION},
    ModelState.REFUSED: {},
    ModelState.SUPERSEDED: {},
    ModelState.DEMOTED: {},
    ModelState.ROLLED_BACK: {},
}


def after(state: ModelState, event: ModelEvent) -> ModelState:
    """Give what a model is after an event. Raises TradingHalt for one that cannot happen to it."""
    following = NEXT[state].get(event)
    if following is None:
        raise TradingHalt(f"a model that is {state} cannot be {event}")
    return following


_States = tuple[tuple[str, ModelState], ...]


@dataclass(frozen=True, slots=True)
class ModelRoster:
    """All models by id, in the order in which they were trained, and who sat on the seat in which order.

    `seated` ends with the last who took the seat; whoever lost it by demotion or rollback stays in it.
    """

    states: _States = ()
    seated: tuple[str, ...] = ()

    @property
    def champion(self) -> str | None:
        """The id of the champion, None while the seat is empty."""
        return next((model for model, state in self.states if state is ModelState.CHAMPION), None)

    @property
    def on_trial(self) -> str | None:
        """The id of the oldest challenger, whose shadow record is looked at."""
        return next(iter(self._challengers), None)

    @property
    def waiting(self) -> str | None:
        """The id of the newest other challenger, whose trial begins when the one before it is over."""
        return next(reversed(self._challengers[1:]), None)

    @property
    def _challengers(self) -> tuple[str, ...]:
        return tuple(model for model, state in self.states if state is ModelState.CHALLENGER)

    def with_challenger(self, model: str) -> "ModelRoster":
        """Give the roster with one more challenger; one that is here already stays what it is."""
        if any(name == model for name, _ in self.states):
            return self
        return ModelRoster((*self.states, (model, ModelState.CHALLENGER)), self.seated)

    def superseded(self, model: str) -> "ModelRoster":
        """Give the roster after a newer challenger took the place of one that waited.

        Raises TradingHalt for the one on trial: its trial is seen through.
        """
        if model == self.on_trial:
            raise TradingHalt(f"challenger {model} is on trial and cannot be superseded")
        return ModelRoster(_moved(self.states, model, ModelEvent.SUPERSEDED), self.seated)

    def refused(self, model: str) -> "ModelRoster":
        """Give the roster after the gate refused a challenger."""
        return ModelRoster(_moved(self.states, model, ModelEvent.REFUSED), self.seated)

    def promoted(self, model: str) -> "ModelRoster":
        """Give the roster after a challenger took the seat; the champion before retires."""
        states = self._vacated(ModelEvent.SUCCEEDED)
        return ModelRoster(_moved(states, model, ModelEvent.PROMOTED), (*self.seated, model))

    def demoted(self) -> "ModelRoster":
        """Give the roster after drift took the champion's seat away; nobody takes it.

        Raises TradingHalt when there is no champion.
        """
        if self.champion is None:
            raise TradingHalt("no champion can be demoted: the seat is empty")
        return ModelRoster(self._vacated(ModelEvent.DEMOTED), self.seated)

    def rolled_back(self) -> "ModelRoster":
        """Give the roster after the champion, if any, was sent away; the last retired one sits again.

        Without a retired one the seat stays empty. Raises TradingHalt when it was empty already and
        nobody can sit on it.
        """
        states = self._vacated(ModelEvent.ROLLED_BACK)
        retired = {model for model, state in states if state is ModelState.RETIRED}
        heir = next((model for model in reversed(self.seated) if model in retired), None)
        if heir is not None:
            return ModelRoster(_moved(states, heir, ModelEvent.REINSTATED), (*self.seated, heir))
        if self.champion is None:
            raise TradingHalt("nothing to roll back: the seat is empty and nobody has retired from it")
        return ModelRoster(states, self.seated)

    def _vacated(self, event: ModelEvent) -> _States:
        champion = self.champion
        return self.states if champion is None else _moved(self.states, champion, event)


def _moved(states: _States, model: str, event: ModelEvent) -> _States:
    if all(name != model for name, _ in states):
        raise TradingHalt(f"there is no model {model}")
    return tuple((name, after(state, event) if name == model else state) for name, state in states)
