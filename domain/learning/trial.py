"""The trial of one challenger: when its shadow record is looked at, and when that has been enough."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from domain.allowed_range import require_within
from domain.learning.champion_gate import GateDecision, GateRules, RecordLength, missing_from
from domain.learning.model_life import ModelState
from domain.learning.model_record import ModelRecord

_SECOND: Final = 2


@dataclass(frozen=True, slots=True)
class TrialRules:
    """How often a challenger is looked at, and how. Raises ValueError for less than one look.

    The first look needs what the gate needs at least, each further one a record worth twice as many
    independent samples: 100, 200, 400 and 800 with the defaults.
    """

    gate: GateRules = field(default_factory=GateRules)
    most_looks: int = 4

    def __post_init__(self) -> None:
        require_within("most_looks", self.most_looks, 1, 20)

    def needed_for(self, look: int) -> float:
        """Give how many independent samples a look needs, counted from 1."""
        return self.gate.least_effective_size * 2.0 ** (look - 1)


class NotYet(NamedTuple):
    """The record cannot be looked at (again) yet; what it lacks, in words."""

    missing: tuple[str, ...]


class Look(NamedTuple):
    """The record is to be looked at now: one attempt of all challengers' together."""

    number: int
    is_last: bool


class GiveUp(NamedTuple):
    """No look will ever be worth an attempt; the reason in words."""

    reason: str


def unfit_for_trial(record: ModelRecord) -> str | None:
    """Say why a model is not even worth a trial: out of fold it told no more than the base rate did.

    None where it did. Nothing that a trial would see is looked at, so no attempt is used up.
    """
    brier_skill = record.reliability.brier_skill
    if brier_skill > 0.0:
        return None
    return f"out of fold it told no more than the base rate: Brier skill {brier_skill:+.1%}"


def next_step(
    looks: int, length: RecordLength, rules: TrialRules, *, is_awaited: bool = False
) -> NotYet | Look | GiveUp:
    """Tell what to do with a challenger whose last look had this number, 0 before the first.

    A look that was overtaken by a longer record is left out, never made up for. Who takes too few trades
    on a record as long as the last look needs is given up without an attempt; as long as the second
    needs, where another challenger waits for the trial to end.
    """
    size = length.effective_size
    if looks >= rules.most_looks:
        return GiveUp(f"it was looked at for the last time in look {looks}")
    missing = missing_from(length, rules.gate)
    if missing:
        is_idle = length.trades < rules.gate.least_trades and len(missing) == 1
        if is_idle and size >= rules.needed_for(_SECOND if is_awaited else rules.most_looks):
            return GiveUp(f"{missing[0]}, on a record worth {size:.1f} independent samples")
        return NotYet(missing)
    reached = max(look for look in range(1, rules.most_looks + 1) if size >= rules.needed_for(look))
    if reached > looks:
        return Look(reached, reached == rules.most_looks)
    needed = rules.needed_for(looks + 1)
    return NotYet((f"the record is worth {size:.1f} independent samples of {needed:.0f} for the next look",))


def state_after(look: Look, decision: GateDecision) -> ModelState:
    """Give what a challenger is after a verdict: it stays on trial unless promoted, or after its last look.

    A verdict of too early was no look: it used no attempt up and the look is still to come.
    """
    if decision is GateDecision.PROMOTE:
        return ModelState.CHAMPION
    if decision is GateDecision.REFUSE and look.is_last:
        return ModelState.REFUSED
    return ModelState.CHALLENGER
