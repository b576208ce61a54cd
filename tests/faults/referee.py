"""Watches the venue's own books and says which of the things that must always hold did not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from adapters.venue.exchange import Position, Wallet
from adapters.venue.faults import FAULTS, Faults
from adapters.venue.venue import Venue
from domain.market.direction import Side
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from domain.orders.order_ids import setup_of
from tests.faults.eager_desk import LIMITS, WatchedDesk

SILENCING: Final = frozenset({"too_many_requests", "too_many_requests_without_header", "address_banned"})
DEAF: Final = SILENCING | {
    "clock_ahead",
    "clock_behind",
    "cut_after_execution",
    "cut_before_execution",
    "engine_window_missed",
    "internal_error",
    "listen_key_expires",
    "listen_key_expires_silently",
    "service_unavailable",
    "shutdown_announced",
    "sockets_closed",
    "sockets_cut",
    "stream_stays_silent",
    "timeout_executed",
    "unknown_executed",
    "unknown_not_executed",
    "user_path_form_silent",
    "user_without_events_silent",
}
"""Faults while which the venue does not answer, or is not heard."""
LONGEST_BARE_MS: Final = 3_000
LONGEST_DIFFERENCE_MS: Final = 10_000
LONGEST_HOLD_MS: Final = 2 * HOUR_MS
LATE_LEAVING_MS: Final = 5_000
MOST_WEIGHT: Final = 2_400
_UNDER_WAY_MS: Final = 50
_RETRY_AFTER_MS: Final = 5_000
_NAMES_EVERY: Final = 200
_SLACK: Final = Decimal("1.01")


class Broken(NamedTuple):
    invariant: int
    at_ms: int
    words: str


class WatchedFaults(Faults):
    """Faults that remember when one silenced us."""

    silenced_ms: int = 0
    last: str = ""

    def strikes(self, name: str, at_ms: int) -> bool:
        has_struck = super().strikes(name, at_ms)
        if has_struck and name in SILENCING:
            self.last, self.silenced_ms = name, at_ms
        return has_struck

    def open_windows(self, names: frozenset[str], at_ms: int) -> list[str]:
        return [
            name
            for name in names
            for switch in self._switches.get(name, ())
            if switch.from_ms <= at_ms and (switch.until_ms is None or at_ms < switch.until_ms)
        ]


class CallLog(Counter[str]):
    """Counts the calls of the venue and keeps those of the last seconds with their moments."""

    def __init__(self, venue: Venue) -> None:
        super().__init__()
        self._venue = venue
        self.late: list[tuple[int, str]] = []

    def __setitem__(self, name: str, count: int) -> None:
        self.late.append((self._venue.now_ms(), name))
        super().__setitem__(name, count)


class Answering(NamedTuple):
    """Since when the venue answers: outside every window of such a fault, and whether or not one is open."""

    for_sure_ms: int | None
    perhaps_ms: int | None


@dataclass
class Lasting:
    """Since when each of several things has been so, and what was the longest, in milliseconds.

    `longest_answered` counts while the venue answered for sure, `longest_heard` while it had not silenced us
    and the account's stream was up, faults or not.
    """

    began: dict[str, int] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    longest: int = 0
    longest_answered: int = 0
    longest_heard: int = 0

    def note(self, now: Mapping[str, int], at_ms: int, answering: Answering, most_ms: int) -> list[str]:
        """Take what is so now, and since when at the earliest; give what has lasted too long."""
        too_long = []
        for name in self.began.keys() - now.keys():
            del self.began[name]
            self.said.discard(name)
        for name, since_ms in now.items():
            began_ms = self.began.setdefault(name, since_ms)
            self.longest = max(self.longest, at_ms - began_ms)
            if answering.perhaps_ms is not None:
                self.longest_heard = max(self.longest_heard, at_ms - max(began_ms, answering.perhaps_ms))
            if answering.for_sure_ms is None:
                continue
            lasted_ms = at_ms - max(began_ms, answering.for_sure_ms)
            self.longest_answered = max(self.longest_answered, lasted_ms)
            if lasted_ms > most_ms and name not in self.said:
                self.said.add(name)
                too_long.append(f"{name} for {lasted_ms} ms")
        return too_long


class Referee:
    """Looks at the venue as often as it is asked to; times are the venue's."""

    def __init__(self, venue: Venue, desk: WatchedDesk, faults: WatchedFaults) -> None:
        self.broken: list[Broken] = []
        self.looks = self.looks_holding = self.looks_answering = 0
        self.most_weight = 0
        self.most_held = self.most_stuck = 0
        self.bare, self.different, self.old = Lasting(), Lasting(), Lasting()
        self.silent_until_ms = self.silences = 0
        self._venue, self._desk, self._faults = venue, desk, faults
        self._calls = CallLog(venue)
        venue.calls = self._calls
        self._answering = Answering(None, None)
        self._opened: dict[str, int] = {}
        self._leverage: dict[str, int] = {}
        self._executed: dict[str, int] = {}

    @property
    def listen_key(self) -> str:
        """The listen key of now."""
        return self._venue.listen_key.text

    def look(self) -> None:
        """Check everything once."""
        at_ms, venue = self._venue.now_ms(), self._venue
        self.looks += 1
        self._watch_silence()
        self._answering = self._now_answering(at_ms)
        self.looks_answering += self._answering.for_sure_ms is not None
        positions = [one for one in venue.exchange.live_positions() if one.amount]
        held = {one.symbol: one.amount for one in positions}
        wallet = venue.exchange.wallet()
        self.looks_holding += bool(held)
        self.most_held = max(self.most_held, len(held))
        self._watch_stops(held, at_ms)
        if self.looks % _NAMES_EVERY == 0:
            self._watch_names(at_ms)
        self._watch_entries(at_ms)
        self._watch_book(held, wallet, at_ms)
        self._watch_age(held, at_ms)
        self._watch_caps(positions, wallet, at_ms)
        self.most_weight = max(self.most_weight, venue.limits.used_weight(at_ms))
        if self.most_weight > MOST_WEIGHT:
            self._say(9, at_ms, f"weight {self.most_weight}")

    def finish(self) -> None:
        """Check what must hold when all is over: everything left, everything booked once."""
        venue, at_ms = self._venue, self._venue.now_ms()
        exchange = venue.exchange
        self._watch_names(at_ms)
        left = [one.symbol for one in exchange.positions() if one.amount]
        left += sorted(self._open_names() - self._excused())
        if left:
            self._say(3, at_ms, f"left at the venue: {', '.join(left)}")
        if exchange.wallet().balance != self._desk.wallet or self._desk.ledger != self._desk.wallet:
            words = (
                f"wallet {exchange.wallet().balance}, desk {self._desk.wallet}, ledger {self._desk.ledger}"
            )
            self._say(4, at_ms, words)
        told, true = sum(self._desk.fills.values()), len(exchange.trades(None))
        if len(self._desk.fills) != true or told != true:
            self._say(4, at_ms, f"{true} fills there, {told} told, {len(self._desk.fills)} of them different")
        self._say_if([name for name in venue.calls if "kline" in name.lower()], 7, at_ms)

    def _now_answering(self, at_ms: int) -> Answering:
        before, is_heard = self._answering, self._is_heard(at_ms)
        is_sure = is_heard and not self._faults.open_windows(DEAF, at_ms)
        return Answering(
            (before.for_sure_ms or at_ms) if is_sure else None,
            (before.perhaps_ms or at_ms) if is_heard else None,
        )

    def _is_heard(self, at_ms: int) -> bool:
        venue = self._venue
        if at_ms < max(self.silent_until_ms, venue.limits.banned_until_ms):
            return False
        key = venue.listen_key.text
        return venue.listen_key.is_alive(at_ms) and any(key in one.events_of for one in venue.streams.sockets)

    def _watch_silence(self) -> None:
        silenced_ms, until_ms = self._faults.silenced_ms, self.silent_until_ms
        for called_ms, name in self._calls.late:
            if silenced_ms + _UNDER_WAY_MS < called_ms < until_ms:
                self._say(9, called_ms, f"{name} {until_ms - called_ms} ms before {self._faults.last} ended")
        self._calls.late.clear()
        if silenced_ms == 0:
            return
        ends_ms = {
            "too_many_requests": silenced_ms + _RETRY_AFTER_MS,
            "too_many_requests_without_header": silenced_ms - silenced_ms % MINUTE_MS + MINUTE_MS,
            "address_banned": self._venue.limits.banned_until_ms,
        }[self._faults.last]
        self.silences += ends_ms > until_ms
        self.silent_until_ms = max(until_ms, ends_ms)

    def _watch_stops(self, held: Mapping[str, Decimal], at_ms: int) -> None:
        covered: Counter[tuple[str, Side]] = Counter()
        for stop in self._venue.exchange.open_stops(None):
            if stop.status == "NEW" and stop.kind == "STOP_MARKET":
                size = Decimal("Infinity") if stop.closes_position else stop.quantity
                covered[stop.symbol, stop.side] += size  # type: ignore[assignment]
        bare = {
            f"{symbol} bare": at_ms
            for symbol, amount in held.items()
            if covered[symbol, Side.SELL if amount > 0 else Side.BUY] < abs(amount)
        }
        self._say_if(self.bare.note(bare, at_ms, self._answering, LONGEST_BARE_MS), 1, at_ms)

    def _watch_entries(self, at_ms: int) -> None:
        entries = [one for one in self._venue.exchange.open_orders(None) if not one.is_reduce_only]
        waiting = Counter(setup_of(one.client_id) for one in entries)
        self._say_if([f"{count} entries of {name}" for name, count in waiting.items() if count > 1], 2, at_ms)

    def _watch_names(self, at_ms: int) -> None:
        for order in self._venue.exchange.all_orders(None):
            if not order.filled or setup_of(order.client_id) is None:
                continue
            first = self._executed.setdefault(order.client_id, order.order_id)
            if first != order.order_id:
                self._executed[order.client_id] = order.order_id
                self._say(2, at_ms, f"{order.client_id} was executed as {first} and as {order.order_id}")

    def _watch_book(self, held: Mapping[str, Decimal], wallet: Wallet, at_ms: int) -> None:
        ours = self._desk.held()
        there, live = self._open_names() - self._excused(), self._desk.live_ids()
        apart = {
            f"{symbol} differs"
            for symbol in held.keys() | ours.keys()
            if held.get(symbol) != ours.get(symbol)
        }
        apart |= {f"orphan {name}" for name in there - live} | {f"phantom {name}" for name in live - there}
        if self._desk.seen["SessionOpened"] and wallet.balance != self._desk.wallet:
            apart.add("wallet differs")
        now = dict.fromkeys(sorted(apart), at_ms)
        self._say_if(self.different.note(now, at_ms, self._answering, LONGEST_DIFFERENCE_MS), 3, at_ms)

    def _open_names(self) -> set[str]:
        exchange = self._venue.exchange
        names = {order.client_id for order in exchange.open_orders(None)}
        return names | {stop.client_id for stop in exchange.open_stops(None)}

    def _excused(self) -> set[str]:
        """Stops that hang in TRIGGERING, which the venue never lets go, and that the desk knows of."""
        hanging = {one.client_id for one in self._venue.exchange.open_stops(None) if one.status != "NEW"}
        self.most_stuck = max(self.most_stuck, len(hanging))
        return hanging & self._desk.told_stuck

    def _watch_age(self, held: Mapping[str, Decimal], at_ms: int) -> None:
        names = [f"{symbol} {'long' if amount > 0 else 'short'}" for symbol, amount in held.items()]
        self._opened = {name: self._opened.get(name, at_ms) for name in names}
        old = {
            f"{name} too old": since_ms + LONGEST_HOLD_MS
            for name, since_ms in self._opened.items()
            if at_ms >= since_ms + LONGEST_HOLD_MS
        }
        self._say_if(self.old.note(old, at_ms, self._answering, LATE_LEAVING_MS), 5, at_ms)

    def _watch_caps(self, positions: Sequence[Position], wallet: Wallet, at_ms: int) -> None:
        exchange, limits = self._venue.exchange, LIMITS
        equity = (wallet.balance + wallet.unrealized) * _SLACK
        cost = {one.symbol: one.amount * one.entry_price for one in positions}
        for order in exchange.open_orders(None):
            if not order.is_reduce_only:
                amount = (order.quantity - order.filled) * order.price * order.side.sign
                cost[order.symbol] = cost.get(order.symbol, Decimal(0)) + amount
        for symbol in cost:
            self._leverage.setdefault(symbol, exchange.leverage(symbol))
        for symbol in self._leverage.keys() - cost.keys():
            del self._leverage[symbol]
        margin = sum((abs(one) / self._leverage[symbol] for symbol, one in cost.items()), Decimal(0))
        over = {
            f"{len(cost)} positions": len(cost) > limits.max_positions,
            f"notional {max(map(abs, cost.values()), default=0)}": any(
                abs(one) > equity * limits.max_position_notional for one in cost.values()
            ),
            "long exposure": sum(one for one in cost.values() if one > 0)
            > equity * limits.max_exposure_per_direction,
            "short exposure": -sum(one for one in cost.values() if one < 0)
            > equity * limits.max_exposure_per_direction,
            f"margin {margin}": margin > equity * limits.max_total_margin,
        }
        self._say_if([f"{words} over the cap" for words, is_over in over.items() if is_over], 6, at_ms)

    def _say_if(self, found: list[str], invariant: int, at_ms: int) -> None:
        for words in found:
            self._say(invariant, at_ms, words)

    def say(self, invariant: int, words: str) -> None:
        """Say of something seen elsewhere that it must not be."""
        self._say(invariant, self._venue.now_ms(), words)

    def _say(self, invariant: int, at_ms: int, words: str) -> None:
        on = sorted(set(self._faults.open_windows(frozenset(FAULTS), at_ms)))
        self.broken.append(Broken(invariant, at_ms, f"{words}; faults on: {', '.join(on) or 'none'}"))
