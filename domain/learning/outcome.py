"""How a sample ended, by a real trade or by a shadow of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.learning.sample import Sample
from domain.orders.order_ids import entry_id, setup_of
from domain.position.closed_trade import ClosedTrade, ExitReason

SAYS_NOTHING_OF_THE_SETUP: Final = frozenset(
    {ExitReason.SESSION_END, ExitReason.CROSS_MARGIN_GUARD, ExitReason.UNPROTECTED}
)
"""Ends that the rest of the account or the service brought about; the setup has to be played on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a resolved sample gave, in planned losses, after fees, slippage and funding.

    Raises ValueError for a result that is no finite number.
    """

    sample_id: str
    net_r: float
    resolved_at_ms: int
    exit_reason: ExitReason
    is_shadow: bool

    def __post_init__(self) -> None:
        if not abs(self.net_r) < float("inf"):
            raise ValueError(f"{self.sample_id}: a net result of {self.net_r} R")

    @property
    def is_won(self) -> bool:
        """Whether it made anything after all costs."""
        return self.net_r > 0.0


class LabelledSample(NamedTuple):
    """A sample and its outcome."""

    sample: Sample
    outcome: Outcome


def outcome_of(trade: ClosedTrade, *, is_shadow: bool) -> Outcome | None:
    """Give the outcome that a closed trade is for its sample, or None where it is none.

    None when a piece of it was closed for what says nothing of the setup: leaving such trades out for
    good would drop losers above all, so they are to be played on as shadows. None, too, for a second
    trade of one setup, from an entry that filled on after the first was over.
    """
    is_first = setup_of(entry_id(trade.trade_id)) is not None
    if not is_first or not SAYS_NOTHING_OF_THE_SETUP.isdisjoint(trade.exit_reasons):
        return None
    return Outcome(
        sample_id=trade.trade_id,
        net_r=float(trade.r_multiple),
        resolved_at_ms=trade.closed_at_ms,
        exit_reason=trade.exit_reason,
        is_shadow=is_shadow,
    )


def labelled(samples: Iterable[Sample], outcomes: Iterable[Outcome]) -> tuple[LabelledSample, ...]:
    """Join samples and outcomes, in the order in which they were decided on.

    A real outcome outranks a shadow; among equals the first told counts. Samples without an outcome
    are left out, never given a default. Raises ValueError for an outcome from before its sample.
    """
    ended: dict[str, Outcome] = {}
    for outcome in outcomes:
        known = ended.get(outcome.sample_id)
        if known is None or (known.is_shadow and not outcome.is_shadow):
            ended[outcome.sample_id] = outcome
    resolved = {
        sample.sample_id: _joined(sample, ended[sample.sample_id])
        for sample in samples
        if sample.sample_id in ended
    }
    return tuple(sorted(resolved.values(), key=_decided))


def _joined(sample: Sample, outcome: Outcome) -> LabelledSample:
    if outcome.resolved_at_ms < sample.decided_at_ms:
        raise ValueError(f"{sample.sample_id} was resolved before it was decided on")
    return LabelledSample(sample, outcome)


def _decided(one: LabelledSample) -> tuple[int, str]:
    return one.sample.decided_at_ms, one.sample.sample_id
