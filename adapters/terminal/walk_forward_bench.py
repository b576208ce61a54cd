"""What `slt walk-forward` asks of the wired service; the composition root answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from adapters.terminal.workbench import Follow, SessionOptions, TapeOptions
from application.walk_forward import WalkStep
from application.walk_forward_report import WalkForwardReport


@dataclass(frozen=True, slots=True)
class WalkOptions:
    """How often a model is trained: every so many trades where that is given, else every `every_ms`.

    `report` is where a page is wanted, `seed` deals the cards.
    """

    every_ms: int
    every_trades: int = 0
    seed: int = 1
    report: Path | None = None


class WalkForwardBench(Protocol):
    """Walks forward."""

    def walk_forward(
        self, tapes: TapeOptions, walk: WalkOptions, session: SessionOptions, follow: Follow
    ) -> Iterator[WalkStep | WalkForwardReport]:
        """Give every training as it is done, and what all of it comes to at the end."""
        ...
