"""Who sat on the champion's seat when, and what had brought it about."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from domain.learning.drift import DriftState
from domain.learning.model_history import Happening, ModelHistory, What

_WITHOUT_DOUBT: Final = (What.PROMOTED, What.SEATED_BY_HAND)


class Seating(NamedTuple):
    """From a moment on somebody sits, or nobody does.

    `by` is what changed it, `proof` what first gave the seat to whoever sits: a promotion, or a hand.
    """

    from_ms: int
    model: str | None
    by: Happening
    proof: Happening | None

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody put it there without proof, however often it came and went since."""
        return self.proof is not None and self.proof.what is What.SEATED_BY_HAND


def seatings(happenings: Iterable[Happening]) -> tuple[Seating, ...]:
    """Give every change on the seat, oldest first. Raises TradingHalt for what cannot happen."""
    history, changes = ModelHistory(), list[Seating]()
    proofs: dict[str | None, Happening] = {}
    for one in happenings:
        before, history = history.roster.champion, history.after(one)
        if one.what in _WITHOUT_DOUBT:
            proofs[one.model] = one
        if history.roster.champion != before:
            model = history.roster.champion
            changes.append(Seating(one.at_ms, model, one, proofs.get(model)))
    return tuple(changes)


def seated_at(changes: Sequence[Seating], at_ms: int) -> Seating | None:
    """Tell the last change before a moment; None where there was none.

    What changes in the very moment of a setup comes after it: the desk decides on a candle before it hears
    of anything else.
    """
    return next((one for one in reversed(changes) if one.from_ms < at_ms), None)


def drift_at(happenings: Iterable[Happening], model: str, at_ms: int) -> DriftState:
    """Tell what drift had done to a champion before a moment."""
    drift = DriftState.STEADY
    for one in happenings:
        if one.model == model and one.at_ms < at_ms:
            drift = one.drift if one.what is What.DRIFTED else DriftState.STEADY
    return drift
