"""Conditional orders: the algo service."""

from collections.abc import Sequence
from typing import Final

from adapters.venue.exchange import Stop
from adapters.venue.order_json import Json, stop_reply, stop_row
from adapters.venue.order_reading import contract_of, read_stop
from adapters.venue.parameters import Parameters
from adapters.venue.request_refused import RequestRefused
from adapters.venue.rest_orders import ALL_CANCELLED, refuse, refuse_when_throttled, span_asked
from adapters.venue.venue import Venue

_INVISIBLE_MS: Final = 3_000
_LAG_MS: Final = 1_000


def place_stop(venue: Venue, asked: Parameters) -> object:
    """Take a conditional order."""
    request = read_stop(asked, venue.exchange, venue.unused_id(), venue.now_ms())
    refuse_when_throttled(venue, asked)
    now_ms = venue.now_ms()
    is_lagging = now_ms - venue.last_fill_ms < _LAG_MS
    if request.closes_position and is_lagging and venue.faults.strikes("stop_refused_after_fill", now_ms):
        message = (
            "Time in Force (TIF) GTE can only be used with open positions. "
            "Please ensure that positions are available."
        )
        raise RequestRefused(-4509, message)
    answer = venue.exchange.place_stop(request)
    refuse(answer)
    if answer.stop is None:
        raise RequestRefused(-1000, "An unknown error occurred while processing the request.")
    return stop_reply(answer.stop, venue.exchange.contracts[request.symbol].instrument)


def query_stop(venue: Venue, asked: Parameters) -> object:
    """Give one conditional order."""
    stop = venue.exchange.stop(*_name_of(asked))
    if stop is None or _is_hidden(venue, stop):
        raise RequestRefused(-2013, "Order does not exist.")
    return stop_row(stop, venue.exchange.contracts[stop.symbol].instrument)


def cancel_stop(venue: Venue, asked: Parameters) -> object:
    """Take one conditional order away."""
    answer = venue.exchange.cancel_stop(*_name_of(asked))
    refuse(answer)
    stop = answer.stop
    if stop is None:
        raise RequestRefused(-2011, "Unknown order sent.")
    return {"algoId": stop.algo_id, "clientAlgoId": stop.client_id, "code": "200", "msg": "success"}


def cancel_open_stops(venue: Venue, asked: Parameters) -> object:
    """Take every conditional order of a symbol away."""
    venue.exchange.cancel_all_stops(contract_of(asked, venue.exchange).instrument.symbol)
    return ALL_CANCELLED


def open_stops(venue: Venue, asked: Parameters) -> object:
    """List waiting conditional orders of a symbol, or of all."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol if "symbol" in asked else None
    asked_id = asked.whole("algoId", 0)
    stops = venue.exchange.open_stops(symbol)
    return _rows(venue, [one for one in stops if asked_id in {0, one.algo_id} and not _is_hidden(venue, one)])


def all_stops(venue: Venue, asked: Parameters) -> object:
    """List conditional orders of a symbol, waiting and over, of at most seven days."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    start_ms, end_ms = span_asked(asked, venue.now_ms())
    least = asked.whole("algoId", 0)
    found = [
        stop
        for stop in venue.exchange.all_stops(symbol)
        if start_ms <= stop.created_ms <= end_ms and stop.algo_id >= least
    ]
    return _rows(venue, found[: asked.whole("limit", 500)])


def _name_of(asked: Parameters) -> tuple[int, str]:
    if "algoId" not in asked and "clientAlgoId" not in asked:
        message = "Param 'clientAlgoId' or 'algoId' must be sent, but both were empty/null!"
        raise RequestRefused(-1102, message)
    return asked.whole("algoId", 0), asked.text("clientAlgoId", "")


def _is_hidden(venue: Venue, stop: Stop) -> bool:
    now_ms = venue.now_ms()
    return now_ms - stop.created_ms < _INVISIBLE_MS and venue.faults.strikes("stop_invisible", now_ms)


def _rows(venue: Venue, stops: Sequence[Stop]) -> list[Json]:
    return [stop_row(stop, venue.exchange.contracts[stop.symbol].instrument) for stop in stops]
