"""Everything that can go wrong at a venue, each as a switch."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from domain.market.timeframe import MINUTE_MS

FAULTS: Final[Mapping[str, str]] = {
    "stream_stays_silent": "a correct subscription is acknowledged and never delivers",
    "sockets_cut": "every socket is cut without a close frame",
    "sockets_closed": "every socket is closed with 1001, as before maintenance",
    "pings_withheld": "the venue sends no ping frames",
    "shutdown_announced": "every socket is told serverShutdown",
    "final_kline_lost": "the closing frame of a candle is not sent",
    "final_kline_twice": "the closing frame of a candle is sent twice",
    "final_kline_late": "the closing frame of a candle comes two seconds late",
    "sockets_reordered": "one of several sockets gets its frames a step late",
    "listen_key_expires": "the listen key runs out early, and is said to",
    "listen_key_expires_silently": "the listen key runs out early, and nothing is said",
    "listen_key_unknown": "keeping a listen key alive is answered with -1125",
    "user_path_form_silent": "/private/ws/<listenKey> connects and stays silent",
    "user_without_events_silent": "/private/ws?listenKey=K without events stays silent",
    "events_before_reply": "user events go out before the HTTP reply",
    "account_update_first": "ACCOUNT_UPDATE goes out before ORDER_TRADE_UPDATE",
    "trade_lite_withheld": "no TRADE_LITE is sent",
    "unknown_executed": "503 with the unknown-error text although the request was executed",
    "unknown_not_executed": "503 with the unknown-error text, nothing executed",
    "timeout_executed": "408 with -1007 although the request was executed",
    "cut_after_execution": "the connection is cut after the request was executed",
    "cut_before_execution": "the connection is cut, nothing executed",
    "service_unavailable": "503 Service Unavailable, nothing executed",
    "internal_error": "503 with -1001, nothing executed",
    "openings_throttled": "503 with -1008 for orders that may open a position",
    "too_many_requests": "429 with -1003 and Retry-After",
    "too_many_requests_without_header": "429 with -1003 and no Retry-After",
    "address_banned": "418 until a moment told in the message",
    "replies_with_average_price": "order replies carry avgPrice and cumQuote, as before June 2026",
    "stop_stuck": "a stop that fires hangs in TRIGGERING, and cannot be cancelled",
    "stop_rejected": "a stop that fires is refused by the engine",
    "stop_cancelled_after_trigger": "the order of a stop that fired is cancelled at once",
    "stop_refused_after_fill": "closePosition stops are refused with -4509 in the first second after a fill",
    "stop_invisible": "a new stop is not found for three seconds",
    "stop_cancelled_by_venue": "a stop is cancelled by itself after 53 seconds",
    "stop_name_not_kept": "the order of a stop that fired has a client id of the venue's own",
    "reduce_only_stop_refused_when_flat": "a reduce-only stop is refused while there is no position",
    "post_only_expires": "a post-only order that would take is accepted and expires",
    "fill_or_kill_expires": "a fill-or-kill order that cannot fill is accepted and expires",
    "book_thin": "the book shows a thousandth of its size, so that market orders end in part",
    "order_cancelled_by_venue": "an open order is cancelled by itself",
    "order_invisible": "a new order is not found in its first second",
    "countdown_cancels_stops": "the dead man's switch takes stops away too",
    "withdrawn_by_countdown": "an armed dead man's switch acts although it was renewed in time",
    "foreign_liquidation": "positions are closed by an autoclose- order",
    "foreign_deleveraging": "positions are closed by an adl_autoclose order",
    "leverage_changed": "the leverage is changed from outside",
    "position_mode_changed": "the position mode is changed from outside",
    "clock_ahead": "the server's clock is five seconds ahead",
    "clock_behind": "the server's clock is ten seconds behind",
    "engine_window_missed": "orders are refused with -5028",
    "contract_grid_changes": "tick, lot and least notional become ten times coarser",
    "contract_settling": "the symbol stops trading: status SETTLING",
    "unknown_filter": "exchangeInfo shows a filter nobody knows",
    "brackets_change": "contractInfo tells new brackets",
    "coin_margined_rows": "array streams carry COIN-M rows",
    "unknown_events": "sockets get events nobody knows",
    "unknown_keys": "user events carry keys nobody knows",
}
"""The faults by name, and what each does."""
ONCE_A_SECOND: Final = frozenset(
    {
        "sockets_cut",
        "sockets_closed",
        "shutdown_announced",
        "listen_key_expires",
        "listen_key_expires_silently",
        "foreign_liquidation",
        "foreign_deleveraging",
        "leverage_changed",
        "position_mode_changed",
        "contract_grid_changes",
        "contract_settling",
        "brackets_change",
        "unknown_events",
        "order_cancelled_by_venue",
        "withdrawn_by_countdown",
    }
)
"""Faults that need no request: they are asked for once a second of the venue's time."""
NOT_IN_SCHEDULES: Final = frozenset({"contract_settling", "position_mode_changed"})
"""Faults after which a session cannot go on as before; they happen when asked for by name."""
_WITH_CUTS: Final = frozenset({"stream_stays_silent", "user_path_form_silent", "user_without_events_silent"})
"""Faults of a connection that begins: they come while sockets are cut, as else hardly any begins."""
_RARELY_MET: Final = frozenset(
    {
        "listen_key_unknown",
        "order_invisible",
        "stop_cancelled_after_trigger",
        "stop_invisible",
        "stop_refused_after_fill",
        "stop_rejected",
        "stop_stuck",
        "unknown_filter",
    }
)
"""Faults of what happens seldom: stops that fire, rules that are read anew, keys kept alive."""
_SELDOM: Final = 0.02
_OFTEN: Final = 0.3
_ODDS: Final = {
    "stop_cancelled_after_trigger": 0.1,
    "stop_rejected": 0.1,
    "stop_stuck": 0.1,
    "stop_refused_after_fill": 1.0,
    "openings_throttled": 1.0,
    "order_invisible": 1.0,
}
_OF_ORDERS: Final = frozenset({"contract_grid_changes", "engine_window_missed", "openings_throttled"})
"""Faults of orders that are sent, which is not every minute."""
_LONGER: Final = 6


@dataclass(frozen=True, slots=True)
class FaultSwitch:
    """One fault in [from, until) of the venue's time; each occasion strikes with this chance."""

    name: str
    chance: float = 1.0
    from_ms: int = 0
    until_ms: int | None = None

    def __post_init__(self) -> None:
        if self.name not in FAULTS:
            likely = get_close_matches(self.name, FAULTS, n=1)
            known = f"did you mean {likely[0]}?" if likely else f"there are {', '.join(FAULTS)}"
            raise ValueError(f"no fault {self.name}; {known}")
        if not 0.0 <= self.chance <= 1.0:
            raise ValueError(f"chance {self.chance} of {self.name} is not within 0 and 1")


class Faults:
    """The switches that are set, and how often each has struck or was found to hold."""

    def __init__(self, switches: Iterable[FaultSwitch] = (), chance: random.Random | None = None) -> None:
        self.struck: Counter[str] = Counter()
        self._chance = chance or random.Random(0)  # noqa: S311 - a seeded fault is no secret
        self._switches: dict[str, list[FaultSwitch]] = {}
        for switch in switches:
            self.set(switch)

    def set(self, switch: FaultSwitch) -> None:
        """Add a switch."""
        self._switches.setdefault(switch.name, []).append(switch)

    def clear(self, name: str | None = None) -> None:
        """Take back the switches of one fault, or of all."""
        if name is None:
            self._switches.clear()
        else:
            self._switches.pop(name, None)

    def use_up(self, name: str, at_ms: int) -> None:
        """Take back the switches of a fault that hold now: what happens once has happened."""
        held = self._switches.get(name, [])
        self._switches[name] = [switch for switch in held if not _holds(switch, at_ms)]

    def is_on(self, name: str, at_ms: int) -> bool:
        """Tell whether a lasting fault holds, and count it if so; chance plays no part."""
        holds = any(_holds(switch, at_ms) for switch in self._switches.get(name, ()))
        if holds:
            self.struck[name] += 1
        return holds

    def strikes(self, name: str, at_ms: int) -> bool:
        """Tell whether a fault strikes at this occasion, and count it."""
        for switch in self._switches.get(name, ()):
            if _holds(switch, at_ms) and self._chance.random() < switch.chance:
                self.struck[name] += 1
                return True
        return False


class StopFates:
    """What becomes of stops that fire, for the exchange to ask."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def of_trigger(self, symbol: str, at_ms: int) -> str:  # noqa: ARG002 - it may strike any symbol
        """Give stuck, rejected, cancelled or well."""
        if self._faults.strikes("stop_stuck", at_ms):
            return "stuck"
        if self._faults.strikes("stop_rejected", at_ms):
            return "rejected"
        return "cancelled" if self._faults.strikes("stop_cancelled_after_trigger", at_ms) else "well"


def seeded_schedule(
    seed: int, start_ms: int, length_ms: int, lasting_ms: int = 2 * MINUTE_MS
) -> list[FaultSwitch]:
    """Give every fault a few windows at random moments; the same seed gives the same schedule.

    A window lasts a twelfth of the whole, two hours of a day, where the occasion for a fault is rare, and
    six times as long as others where it is not frequent. Connections stay silent while others are cut,
    and stops that close the position are refused after grids have changed.
    """
    chance = random.Random(seed)  # noqa: S311 - a seeded fault is no secret
    moments = {
        name: [chance.random() for _ in range(max(1, length_ms // (4 * 60 * MINUTE_MS)))]
        for name in sorted(FAULTS.keys() - NOT_IN_SCHEDULES)
    }
    moments |= dict.fromkeys(_WITH_CUTS, moments["sockets_cut"])
    moments["stop_refused_after_fill"] = moments["contract_grid_changes"]
    switches = []
    for name, shares in moments.items():
        window_ms = _window_ms(name, length_ms, lasting_ms)
        odds = _ODDS.get(name, _SELDOM if name in ONCE_A_SECOND else _OFTEN)
        for share in shares:
            from_ms = start_ms + int(share * max(0, length_ms - window_ms))
            switches.append(FaultSwitch(name, odds, from_ms, from_ms + window_ms))
    return switches


def _window_ms(name: str, length_ms: int, lasting_ms: int) -> int:
    a_twelfth_ms = max(lasting_ms, length_ms // 12)
    if name in _RARELY_MET:
        return a_twelfth_ms
    return min(a_twelfth_ms, lasting_ms * _LONGER) if name in _OF_ORDERS else lasting_ms


def _holds(switch: FaultSwitch, at_ms: int) -> bool:
    return switch.from_ms <= at_ms and (switch.until_ms is None or at_ms < switch.until_ms)
