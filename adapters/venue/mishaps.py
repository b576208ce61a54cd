"""Faults that come by themselves, looked at once a second of the venue's time."""

from collections.abc import Callable, Mapping
from typing import Protocol

import orjson

from adapters.venue.account_json import bracket_rows
from adapters.venue.exchange import Exchange
from adapters.venue.faults import Faults
from adapters.venue.market import Market
from adapters.venue.market_frames import MarketFrames
from adapters.venue.streams import Streams

_STOP_LIVES_MS = 53_000
_MANY_LOTS = 12
_ODD_EVENT = {"e": "somethingNew", "E": 0, "x": {"y": [1, None]}}


class Afflicted(Protocol):
    """What a mishap happens to."""

    exchange: Exchange
    market: Market
    faults: Faults
    streams: Streams
    frames: MarketFrames

    def expire_listen_key(self, *, is_said: bool) -> None:
        """Take the listen key away."""
        ...


class Mishaps:
    """Asks each fault of the once-a-second kind whether it strikes, and does it."""

    def __init__(self, venue: Afflicted) -> None:
        self._venue = venue
        self._grids_changed = 0
        self._acts: Mapping[str, Callable[[int], None]] = {
            "sockets_cut": lambda _: self._close_sockets(None),
            "sockets_closed": lambda _: self._close_sockets(1001),
            "shutdown_announced": lambda _: self._tell({"event": {"e": "serverShutdown"}}),
            "unknown_events": lambda _: self._tell(_ODD_EVENT),
            "listen_key_expires": lambda _: venue.expire_listen_key(is_said=True),
            "listen_key_expires_silently": lambda _: venue.expire_listen_key(is_said=False),
            "foreign_liquidation": lambda _: self._close_positions(venue.exchange.liquidate),
            "foreign_deleveraging": lambda _: self._close_positions(venue.exchange.deleverage),
            "leverage_changed": lambda _: self._change_leverage(),
            "position_mode_changed": lambda _: self._change_mode(),
            "contract_settling": self._settle,
            "brackets_change": self._tell_brackets,
            "order_cancelled_by_venue": lambda _: self._cancel_an_order(),
            "withdrawn_by_countdown": lambda _: venue.exchange.fire_countdowns(),
            "stop_cancelled_by_venue": self._cancel_old_stops,
        }

    def second_passed(self, at_ms: int) -> None:
        """Let everything happen that strikes now; a grid changes only where that is felt."""
        self._change_grid(at_ms)
        for name, act in self._acts.items():
            if self._venue.faults.strikes(name, at_ms):
                act(at_ms)

    def _close_sockets(self, code: int | None) -> None:
        for socket in self._venue.streams.sockets:
            socket.closing = (code or 0, "")

    def _tell(self, event: Mapping[str, object]) -> None:
        self._venue.streams.tell_everybody(orjson.dumps(event))

    def _close_positions(self, close: Callable[[str], None]) -> None:
        for symbol in {one.symbol for one in self._venue.exchange.positions() if one.amount}:
            close(symbol)

    def _change_leverage(self) -> None:
        for symbol in self._venue.exchange.contracts:
            self._venue.exchange.set_leverage(symbol, 1 + self._venue.exchange.leverage(symbol) % 5)

    def _change_mode(self) -> None:
        self._venue.exchange.set_hedged(is_hedged=not self._venue.exchange.is_hedged)

    def _change_grid(self, at_ms: int) -> None:
        symbol = self._contract_to_change()
        if symbol is not None and self._venue.faults.strikes("contract_grid_changes", at_ms):
            self._venue.faults.use_up("contract_grid_changes", at_ms)
            self._grids_changed += 1
            self._change_contract(symbol, self._venue.exchange.contracts[symbol].status, 10, at_ms)

    def _contract_to_change(self) -> str | None:
        """Give a contract that is held or, every other time, in which an entry waits, of many lots.

        What is few lots could not be traded any more. While nothing is held the first change hits any.
        """
        exchange = self._venue.exchange
        sizes = {one.symbol: abs(one.amount) for one in exchange.positions() if one.amount}
        if self._grids_changed % 2:
            waiting = (one for one in exchange.open_orders(None) if not one.is_reduce_only)
            sizes = {one.symbol: one.quantity for one in waiting}
        for symbol, size in sizes.items():
            if size >= _MANY_LOTS * exchange.contracts[symbol].instrument.lot:
                return symbol
        return None if sizes or self._grids_changed else next(iter(exchange.contracts))

    def _settle(self, at_ms: int) -> None:
        self._venue.faults.clear("contract_settling")
        self._change_contract(next(iter(self._venue.exchange.contracts)), "SETTLING", 1, at_ms)

    def _change_contract(self, symbol: str, status: str, coarser: int, at_ms: int) -> None:
        self._venue.exchange.change_contract_of(symbol, status, coarser)
        self._venue.frames.contract_info(symbol, status, at_ms)

    def _tell_brackets(self, at_ms: int) -> None:
        for symbol, contract in self._venue.exchange.contracts.items():
            rows = [
                {
                    "bs": row["bracket"],
                    "bnf": row["notionalFloor"],
                    "bnc": row["notionalCap"],
                    "mmr": row["maintMarginRatio"],
                    "cf": row["cum"],
                    "mi": 1,
                    "ma": row["initialLeverage"],
                }
                for row in bracket_rows(contract.instrument)
            ]
            self._venue.frames.contract_info(symbol, contract.status, at_ms, rows)

    def _cancel_an_order(self) -> None:
        for order in self._venue.exchange.open_orders(None)[:1]:
            self._venue.exchange.cancel(order.symbol, order.order_id, "")

    def _cancel_old_stops(self, at_ms: int) -> None:
        for stop in self._venue.exchange.open_stops(None):
            if at_ms - stop.created_ms >= _STOP_LIVES_MS:
                self._venue.exchange.cancel_stop(stop.algo_id, "")
