"""How far a trade's margin may be stretched."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from domain.allowed_range import require_above_zero, require_within
from domain.market.instrument import Instrument
from domain.position.margin import initial_margin, liquidation_price
from domain.position.track_record import TrackRecord
from domain.refusal import Refusal, RefusalReason
from domain.risk.position_sizer import PositionSizer
from domain.setup.setup import Setup

_ROUNDING_SLACK: Final = 1e-9
_EVEN_WIN_RATE: Final = 0.5


@dataclass(frozen=True, slots=True)
class LeverageRules:
    """How leverage is earned, and what caps it. Raises ValueError for numbers that make no sense.

    The win rate is shrunken towards one half as if `prior_trades` more trades had been played,
    half of them won.
    """

    win_rate_floor: float = 0.55
    win_rate_span: float = 0.15
    most_steps: float = 11.0
    prior_trades: int = 20
    first_trades: int = 15
    first_cap: int = 2
    early_trades: int = 35
    early_cap: int = 3
    seasoned_trades: int = 50
    seasoned_cap: int = 4
    max_leverage: int = 20
    min_liquidation_stops: Decimal = Decimal("1.5")

    def __post_init__(self) -> None:
        require_within("win_rate_floor", self.win_rate_floor, 0, 1)
        require_above_zero("win_rate_span", self.win_rate_span, 1)
        require_within("most_steps", self.most_steps, 0)
        require_within("prior_trades", self.prior_trades, 0)
        require_within("first_trades", self.first_trades, 0)
        require_within("early_trades", self.early_trades, self.first_trades)
        require_within("seasoned_trades", self.seasoned_trades, self.early_trades)
        require_within("first_cap", self.first_cap, 1)
        require_within("early_cap", self.early_cap, self.first_cap)
        require_within("seasoned_cap", self.seasoned_cap, self.early_cap)
        require_within("max_leverage", self.max_leverage, 1, 125)
        require_within("min_liquidation_stops", self.min_liquidation_stops, 1)

    def cap_after(self, closed_trades: int) -> int:
        """Give the highest leverage a record of this length may use."""
        if closed_trades < self.first_trades:
            return min(self.first_cap, self.max_leverage)
        if closed_trades < self.early_trades:
            return min(self.early_cap, self.max_leverage)
        if closed_trades < self.seasoned_trades:
            return min(self.seasoned_cap, self.max_leverage)
        return self.max_leverage


class Leverage(NamedTuple):
    """The leverage to set, and where it came from."""

    times: int
    earned: float
    win_rate: float
    cap: int

    def in_words(self) -> str:
        """Tell the arithmetic in one line."""
        return (
            f"leverage {self.times}: earned {self.earned:.2f} at a win rate of {self.win_rate:.2f},"
            f" capped at {self.cap}, the venue's bracket and the distance to liquidation"
        )


def shrunken_win_rate(record: TrackRecord, rules: LeverageRules) -> float:
    """Give (wins + prior / 2) / (trades + prior) over the recent trades; one half without any."""
    trades = len(record.recent_wins) + rules.prior_trades
    if trades == 0:
        return _EVEN_WIN_RATE
    return (sum(record.recent_wins) + _EVEN_WIN_RATE * rules.prior_trades) / trades


def earned_leverage(win_rate: float, confidence: float | None, rules: LeverageRules) -> float:
    """Give 1 x (1 + 11 x max(0, (win rate - 0.55) / 0.15)) x max(1, confidence / 0.5), before caps.

    Without a confidence the last factor is 1.
    """
    by_record = 1.0 + rules.most_steps * max(0.0, (win_rate - rules.win_rate_floor) / rules.win_rate_span)
    by_confidence = 1.0 if confidence is None else max(1.0, confidence / 0.5)
    return by_record * by_confidence


def choose_leverage(
    record: TrackRecord,
    confidence: float | None,
    equity: Decimal,
    kelly_multiplier: float,
    sizer: PositionSizer,
    setup: Setup,
    instrument: Instrument,
    rules: LeverageRules,
) -> Leverage | Refusal:
    """Give the whole leverage a trade may use: earned, capped by record, venue and liquidation.

    It is lowered until the venue's bracket at the resulting notional allows it and the liquidation
    price of the position on its own margin lies 1.5 stop distances away or more; refused when not
    even 1x does.
    """
    win_rate = shrunken_win_rate(record, rules)
    earned = earned_leverage(win_rate, confidence, rules)
    cap = rules.cap_after(record.closed_trades)
    for times in range(max(1, math.floor(min(earned, cap) + _ROUNDING_SLACK)), 0, -1):
        notional = sizer.notional(equity, kelly_multiplier, times)
        is_allowed = times <= instrument.max_leverage_at(notional)
        if is_allowed and _is_liquidation_far(notional, times, setup, instrument, rules):
            return Leverage(times, earned, win_rate, cap)
    return Refusal(
        RefusalReason.LIQUIDATION_TOO_NEAR,
        f"even at leverage 1 liquidation lies nearer than {rules.min_liquidation_stops} stop distances"
        f" of {setup.stop_distance}",
    )


def _is_liquidation_far(
    notional: Decimal, times: int, setup: Setup, instrument: Instrument, rules: LeverageRules
) -> bool:
    if notional <= 0:
        return True
    margin = initial_margin(notional, times)
    quantity = notional / setup.entry
    price = liquidation_price(setup.direction, quantity, notional, margin, instrument.brackets)
    return price is None or abs(setup.entry - price) >= rules.min_liquidation_stops * setup.stop_distance
