"""Whether the venue's rules are still those we go by."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.binance.exchange_info import instrument_of
from adapters.binance.orders.errand import Errand, Priority, Task
from adapters.binance.orders.moment import Moment
from adapters.binance.wire.market_requests import exchange_info
from adapters.binance.wire.outcome import Done, Outcome, Silenced, Withheld
from adapters.binance.wire.symbol_rules import ExchangeInfo, SymbolTold
from domain.allowed_range import require_within
from domain.market.instrument import Instrument
from domain.tape import InstrumentChanged

_ABOUT: Final = "rules"
# About precision, prices, quantities and notional: no such order leaves us while our rules are the venue's.
_SUSPICIOUS: Final = frozenset({-1111, *range(-4005, -4000), -4013, -4014, -4023, -4164})


@dataclass(frozen=True, slots=True)
class ContractWatchRules:
    """How often rules are read anew; how soon again when a refusal made us doubt them."""

    read_every_ms: int = 900_000
    doubted_every_ms: int = 2_000

    def __post_init__(self) -> None:
        require_within("read_every_ms", self.read_every_ms, 10_000)
        require_within("doubted_every_ms", self.doubted_every_ms, 100, self.read_every_ms)


class ContractWatch:
    """Reads the rules of the symbols it knows from time to time, and at once when an answer makes us doubt.

    A symbol that the venue does not tell, or not completely, keeps the rules it had; so do margin brackets,
    which are told elsewhere.
    """

    def __init__(self, known: Mapping[str, Instrument], rules: ContractWatchRules) -> None:
        self._known = dict(known)
        self._rules = rules
        self._due_ms: int | None = None
        self._read_ms = 0
        self._is_busy = False
        self._is_doubted = False

    def refused(self, code: int, now: Moment) -> None:
        """Take notice that the venue refused an order; it may be that it goes by other rules now."""
        if code in _SUSPICIOUS:
            self._is_doubted = True
            again_ms = self._read_ms + self._rules.doubted_every_ms if self._read_ms else now.steady_ms
            self._due_ms = max(now.steady_ms, again_ms)

    def doubt(self, now: Moment) -> None:
        """Read the rules at once: they may have changed while nobody looked."""
        self._due_ms = now.steady_ms

    def errand(self, now_ms: int) -> Errand | None:
        """Give the question when it is due."""
        if not self._known or self._is_busy:
            return None
        if self._due_ms is None:
            self._due_ms = now_ms + self._rules.read_every_ms
        if now_ms < self._due_ms:
            return None
        request = replace(exchange_info(), is_protective=self._is_doubted)
        urgency = Priority.PROTECT if self._is_doubted else Priority.COMPARE
        return Errand(Task.READ_RULES, _ABOUT, urgency, request)

    def began(self) -> None:
        """The question is on its way."""
        self._is_busy = True

    def answered(self, outcome: Outcome[Any], now: Moment) -> list[InstrumentChanged]:
        """Take the answer; give what changed. One that fails is asked for again."""
        self._is_busy = False
        if isinstance(outcome, Done) and isinstance(outcome.reply, ExchangeInfo):
            self._is_doubted = False
            self._read_ms = now.steady_ms
            self._due_ms = now.steady_ms + self._rules.read_every_ms
            return [changed for told in outcome.reply.symbols for changed in self._compare(told, now)]
        wait_ms = outcome.until_ms - now.venue_ms if isinstance(outcome, Silenced | Withheld) else 0
        self._due_ms = now.steady_ms + max(wait_ms, self._rules.doubted_every_ms)
        return []

    def _compare(self, told: SymbolTold, now: Moment) -> list[InstrumentChanged]:
        known = self._known.get(told.symbol)
        if known is None:
            return []
        try:
            now_told = instrument_of(told, known.brackets)
        except (KeyError, ValueError):
            return []
        if now_told == known:
            return []
        self._known[told.symbol] = now_told
        return [InstrumentChanged(now.venue_ms, told.symbol, now_told)]
