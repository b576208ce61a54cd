"""What happened to models, one thing after the other, and what follows from all of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, NamedTuple

from domain.halt import TradingHalt
from domain.learning.champion_gate import GateVerdict
from domain.learning.drift import DriftState
from domain.learning.model_life import ModelRoster


class What(StrEnum):
    """What can happen to models."""

    TRAINED = "trained"
    NOT_TRAINED = "not_trained"
    LOOKED_AT = "looked_at"
    PROMOTED = "promoted"
    SEATED_BY_HAND = "seated_by_hand"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    DRIFTED = "drifted"
    DEMOTED = "demoted"
    ROLLED_BACK = "rolled_back"


class Happening(NamedTuple):
    """One thing that happened, and why.

    `model` is empty where no model was trained, `training` the number of the training, 0 where it was
    none. A look at a trial has its number and its verdict, a drift the state it led to.
    """

    at_ms: int
    what: What
    model: str
    training: int = 0
    look: int = 0
    verdict: GateVerdict | None = None
    drift: DriftState = DriftState.STEADY
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelHistory:
    """Where learning stands: who is what, how often the gate was asked, which training was the last.

    `looks` is the number of the last look at the challenger on trial, `attempts` counts all that were
    made; `drift` is the champion's.
    """

    roster: ModelRoster = field(default_factory=ModelRoster)
    attempts: int = 0
    looks: int = 0
    last_training: int = 0
    drift: DriftState = DriftState.STEADY

    def after(self, one: Happening) -> "ModelHistory":
        """Give where learning stands after one more thing. Raises TradingHalt for what cannot happen."""
        trained = max(self.last_training, one.training)
        return replace(_AFTER[one.what](self, one), last_training=trained)


def history_of(happenings: Iterable[Happening]) -> ModelHistory:
    """Give where learning stands after all of it. Raises TradingHalt for what cannot happen."""
    history = ModelHistory()
    for one in happenings:
        history = history.after(one)
    return history


def _trained(history: ModelHistory, one: Happening) -> ModelHistory:
    return _with(history, history.roster.with_challenger(one.model))


def _looked_at(history: ModelHistory, one: Happening) -> ModelHistory:
    if one.model != history.roster.on_trial:
        raise TradingHalt(f"model {one.model} was looked at, but {history.roster.on_trial} is on trial")
    if one.look <= history.looks:
        raise TradingHalt(f"look {one.look} at model {one.model} cannot follow look {history.looks}")
    return replace(history, looks=one.look, attempts=history.attempts + 1)


def _seated(history: ModelHistory, one: Happening) -> ModelHistory:
    return replace(_with(history, history.roster.promoted(one.model)), drift=DriftState.STEADY)


def _refused(history: ModelHistory, one: Happening) -> ModelHistory:
    return _with(history, history.roster.refused(one.model))


def _superseded(history: ModelHistory, one: Happening) -> ModelHistory:
    return _with(history, history.roster.superseded(one.model))


def _drifted(history: ModelHistory, one: Happening) -> ModelHistory:
    _require_champion(history, one)
    return replace(history, drift=one.drift)


def _demoted(history: ModelHistory, one: Happening) -> ModelHistory:
    _require_champion(history, one)
    return replace(_with(history, history.roster.demoted()), drift=DriftState.STEADY)


def _rolled_back(history: ModelHistory, _one: Happening) -> ModelHistory:
    return replace(_with(history, history.roster.rolled_back()), drift=DriftState.STEADY)


def _with(history: ModelHistory, roster: ModelRoster) -> ModelHistory:
    """Go on with another roster; whoever's trial begins now was never looked at."""
    is_same_trial = roster.on_trial == history.roster.on_trial
    return replace(history, roster=roster, looks=history.looks if is_same_trial else 0)


def _require_champion(history: ModelHistory, one: Happening) -> None:
    champion = history.roster.champion
    if one.model != champion:
        raise TradingHalt(f"model {one.model} cannot be {one.what}: the champion is {champion or 'nobody'}")


def _as_before(history: ModelHistory, _one: Happening) -> ModelHistory:
    return history


_AFTER: Final[dict[What, Callable[[ModelHistory, Happening], ModelHistory]]] = {
    What.TRAINED: _trained,
    What.NOT_TRAINED: _as_before,
    What.LOOKED_AT: _looked_at,
    What.PROMOTED: _seated,
    What.SEATED_BY_HAND: _seated,
    What.REFUSED: _refused,
    What.SUPERSEDED: _superseded,
    What.DRIFTED: _drifted,
    What.DEMOTED: _demoted,
    What.ROLLED_BACK: _rolled_back,
}
