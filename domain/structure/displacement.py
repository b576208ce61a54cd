"""Bars with a body so large that somebody was in a hurry."""

from dataclasses import dataclass

from domain.market.candle import Candle
from domain.structure.snapshot import SnapshotReader, SnapshotWriter


@dataclass(frozen=True)
class DisplacementRules:
    """How large a displacement's body is, in ATR and as a share of the whole bar."""

    min_body_atr: float = 1.5
    min_body_share: float = 0.6


def displacement_of(candle: Candle, atr_before: float, rules: DisplacementRules) -> int:
    """Give +1 for a displacement up, -1 for one down, 0 for none (and while the ATR is unknown)."""
    body = candle.close - candle.open
    size = body if body >= 0.0 else -body
    is_large = size >= rules.min_body_atr * atr_before
    is_full = size >= rules.min_body_share * (candle.high - candle.low)
    if size == 0.0 or not (is_large and is_full):
        return 0
    return 1 if body > 0.0 else -1


class LastDisplacement:
    """The last displacement of a timeframe: its direction, 0 before the first, and its age in bars."""

    __slots__ = ("age_bars", "direction")

    def __init__(self) -> None:
        self.direction = 0
        self.age_bars: int | None = None

    def update(self, direction: int) -> None:
        """Take what the bar was: a displacement up, down or none."""
        if direction != 0:
            self.direction = direction
            self.age_bars = 0
        elif self.age_bars is not None:
            self.age_bars += 1

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.whole(self.direction)
        out.whole_or_unknown(self.age_bars)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self.direction = saved.whole()
        self.age_bars = saved.whole_or_unknown()
