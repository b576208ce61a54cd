"""The port through which the desk reads market structure."""

from typing import Protocol

from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.structure.structure_view import Features, StructureView


class StructureEngine(Protocol):
    """Reads closed base bars of one symbol, oldest first."""

    @property
    def feature_schema(self) -> str:
        """Name the meaning of the features just given: their definition, and where the flow is from."""
        ...

    def update(self, bar: Candle) -> Features:
        """Take one closed bar and give twelve finite features, or twelve NaN while not ready.

        Raises CandleRefused, state untouched.
        """
        ...

    def take(self, run: CandleRun) -> None:
        """Take closed bars without telling their features.

        Raises CandleRefused at the first bar that cannot be taken; those before it are.
        """
        ...

    def forget(self) -> None:
        """Be as new: nothing is known of the bars taken so far."""
        ...

    def view(self) -> StructureView:
        """Show the structure as of the last bar taken. Raises LookupError before the first."""
        ...

    def snapshot(self) -> bytes:
        """Give the whole state, versioned by a schema hash."""
        ...

    def restore(self, snapshot: bytes) -> None:
        """Take over a state. Raises SnapshotRefused, state untouched."""
        ...
