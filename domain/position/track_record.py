"""How the last trades went; what leverage and the cool-down look at."""

from dataclasses import dataclass
from typing import Final

from domain.position.closed_trade import ClosedTrade

WINDOW: Final = 50


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """Counts over all closed trades, and the wins among the last fifty.

    A trade is won when its net P&L is above zero.
    """

    closed_trades: int = 0
    recent_wins: tuple[bool, ...] = ()
    losses_in_a_row: int = 0
    last_loss_at_ms: int | None = None

    def after(self, trade: ClosedTrade) -> "TrackRecord":
        """Give the record with one more closed trade."""
        is_won = trade.net_pnl > 0
        return TrackRecord(
            closed_trades=self.closed_trades + 1,
            recent_wins=(*self.recent_wins, is_won)[-WINDOW:],
            losses_in_a_row=0 if is_won else self.losses_in_a_row + 1,
            last_loss_at_ms=self.last_loss_at_ms if is_won else trade.closed_at_ms,
        )
