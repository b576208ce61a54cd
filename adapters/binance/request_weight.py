"""How much may be asked of the venue, and how much was.

Windows follow the venue's clock: a minute begins at :00. What is refused costs its weight too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.binance.wire.outcome import Withheld
from adapters.binance.wire.replies import RateLimit
from adapters.binance.wire.request import Request
from domain.allowed_range import require_within
from domain.market.timeframe import MINUTE_MS

WEIGHT_A_MINUTE: Final = 2400
ORDERS_A_MINUTE: Final = 1200
ORDERS_IN_TEN_SECONDS: Final = 300

_LENGTH_MS: Final = {"SECOND": 1000, "MINUTE": MINUTE_MS, "HOUR": 60 * MINUTE_MS, "DAY": 1440 * MINUTE_MS}
_LETTER: Final = {"SECOND": "S", "MINUTE": "M", "HOUR": "H", "DAY": "D"}
_WEIGHT: Final = "REQUEST_WEIGHT"
_ORDERS: Final = "ORDERS"
_HEADER: Final = {_WEIGHT: "X-MBX-USED-WEIGHT-", _ORDERS: "X-MBX-ORDER-COUNT-"}
_MOST_DIGITS: Final = 9
_TEN_SECONDS: Final = 0
_THE_MINUTE: Final = 1


@dataclass(frozen=True, slots=True)
class BudgetRules:
    """`reserve_fraction` of every limit is kept back for exits, cancels and looking after lost orders."""

    reserve_fraction: float = 0.2

    def __post_init__(self) -> None:
        require_within("reserve_fraction", self.reserve_fraction, 0, 0.9)


class Window:
    """One limit and what is used of it in the present window."""

    def __init__(self, name: str, header: str, length_ms: int, limit: int) -> None:
        self.name = name
        self.header = header
        self.length_ms = length_ms
        self.limit = limit
        self.used = 0
        self._number = 0
        self._in_flight = 0

    def has_room(self, amount: int, most: int, now_ms: int) -> bool:
        """Tell whether so much more stays within a limit."""
        self._turn(now_ms)
        return self.used + amount <= most

    def spend(self, amount: int, now_ms: int) -> None:
        """Book what is being sent."""
        self._turn(now_ms)
        self.used += amount
        self._in_flight += amount

    def hear(self, told: str | None, amount: int, now_ms: int) -> None:
        """Take what the venue counted when it answered a request of this amount.

        Others may share the limit; what it counted before requests of ours that are still on their
        way is less than what is used.
        """
        self._turn(now_ms)
        self._in_flight -= amount
        if told is not None and told.isascii() and told.isdigit() and len(told) <= _MOST_DIGITS:
            self.used = max(self.used, int(told) + self._in_flight)

    def fill_up(self, now_ms: int) -> None:
        """Take the venue's word that nothing is left in this window."""
        self._turn(now_ms)
        self.used = max(self.used, self.limit)

    def ends_at_ms(self, now_ms: int) -> int:
        """Tell when the next window begins."""
        return now_ms - now_ms % self.length_ms + self.length_ms

    def _turn(self, now_ms: int) -> None:
        number = now_ms // self.length_ms
        if number != self._number:
            self._number = number
            self.used = self._in_flight


class RequestWeight:
    """The venue's limits: refuses what would pass one before it is sent."""

    def __init__(self, rules: BudgetRules | None = None) -> None:
        self._rules = rules or BudgetRules()
        self._weights = [_window(_WEIGHT, "MINUTE", 1, WEIGHT_A_MINUTE)]
        # In the order of _TEN_SECONDS and _THE_MINUTE.
        self._orders = [
            _window(_ORDERS, "SECOND", 10, ORDERS_IN_TEN_SECONDS),
            _window(_ORDERS, "MINUTE", 1, ORDERS_A_MINUTE),
        ]

    def learn(self, limits: Iterable[RateLimit]) -> None:
        """Take the limits the venue tells; what is used so far stays counted."""
        for told in limits:
            if told.interval not in _LENGTH_MS or told.interval_num < 1 or told.limit < 1:
                continue
            if told.rate_limit_type == _WEIGHT:
                _set_limit(self._weights, told)
            elif told.rate_limit_type == _ORDERS:
                _set_limit(self._orders, told)

    def refuse(self, request: Request[Any], now_ms: int) -> Withheld | None:
        """Tell why a request must wait, or None. Only protective ones may use what is kept back."""
        kept_back = 0.0 if request.is_protective else self._rules.reserve_fraction
        full = [
            window
            for window, amount in self._costs(request)
            if not window.has_room(amount, window.limit - round(window.limit * kept_back), now_ms)
        ]
        if not full:
            return None
        longest = max(full, key=lambda window: window.length_ms)
        return Withheld(longest.ends_at_ms(now_ms), longest.name)

    def spend(self, request: Request[Any], now_ms: int) -> None:
        """Book a request that is being sent."""
        for window, amount in self._costs(request):
            window.spend(amount, now_ms)

    def hear(self, request: Request[Any], headers: Mapping[str, str], now_ms: int) -> None:
        """Take the counts that came with an answer; an empty mapping when none came."""
        for window, amount in self._costs(request):
            window.hear(headers.get(window.header), amount, now_ms)

    def orders_are_used_up(self, text: str, now_ms: int) -> None:
        """Take the venue's word that no order is left, in the minute if it says so, else in ten seconds."""
        self._orders[_THE_MINUTE if "MINUTE" in text.upper() else _TEN_SECONDS].fill_up(now_ms)

    def used_weight(self, now_ms: int) -> int:
        """Tell the weight used in this minute."""
        window = self._weights[0]
        window.has_room(0, window.limit, now_ms)
        return window.used

    def _costs(self, request: Request[Any]) -> list[tuple[Window, int]]:
        costs = [(window, request.weight) for window in self._weights]
        return costs + [(window, 1) for window in self._orders] if request.is_order else costs


def _window(kind: str, interval: str, count: int, limit: int) -> Window:
    header = f"{_HEADER[kind]}{count}{_LETTER[interval]}"
    return Window(f"{kind} in {count} {interval}", header, count * _LENGTH_MS[interval], limit)


def _set_limit(windows: list[Window], told: RateLimit) -> None:
    length_ms = told.interval_num * _LENGTH_MS[told.interval]
    for window in windows:
        if window.length_ms == length_ms:
            window.limit = told.limit
            return
    windows.append(_window(told.rate_limit_type, told.interval, told.interval_num, told.limit))
