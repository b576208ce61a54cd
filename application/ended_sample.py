"""How a setup's shadow ended: with an outcome, or without one and why."""

from enum import StrEnum
from typing import NamedTuple

from domain.learning.outcome import LabelledSample, outcome_of
from domain.learning.sample import Sample
from domain.position.closed_trade import ClosedTrade


class Dropped(StrEnum):
    """Why a sample stays without an outcome: none is ever made up for it.

    `no_outcome` is an end that says nothing of the setup, `hole` one that nobody saw: candles were
    missing before the trade was over, or the bar on which the setup was found was told late.
    """

    NEVER_ENTERED = "never_entered"
    HOLE = "hole"
    TAPE_ENDED = "tape_ended"
    TOO_SMALL = "too_small"
    NO_OUTCOME = "no_outcome"


class DroppedSample(NamedTuple):
    """A sample without an outcome, and whether its entry had filled."""

    sample: Sample
    reason: Dropped
    is_entered: bool


EndedSample = LabelledSample | DroppedSample


def with_label(sample: Sample, shadow: ClosedTrade) -> EndedSample:
    """Give a sample the outcome that its shadow's end is for it, if it is one."""
    outcome = outcome_of(shadow, is_shadow=True)
    if outcome is None:
        return DroppedSample(sample, Dropped.NO_OUTCOME, is_entered=True)
    return LabelledSample(sample, outcome)
