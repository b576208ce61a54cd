"""Market frames: bytes in, our words out."""

from collections.abc import Callable
from typing import Final

import msgspec

from adapters.binance.wire.kline import Kline
from adapters.binance.wire.market_events import USD_MARGINED, ForceOrder, MarketEvent
from adapters.binance.wire.other_frames import UNREADABLE, OtherFrame, malformed, read_other
from adapters.binance.wire.told import Told


class MarketFrame(msgspec.Struct, frozen=True, gc=False):
    """One frame: an event, or the rows of a stream of all symbols, of our market only.

    `stream` is empty on raw connections. `unread_rows` counts rows that could not be read, next to
    others that could.
    """

    stream: str
    data: MarketEvent | list[MarketEvent]
    unread_rows: int = 0


class OtherMarket(msgspec.Struct, frozen=True):
    """An event of COIN-M, which comes with the streams of all symbols and is none of ours."""

    stream: str


class _Envelope(msgspec.Struct):
    """`{"stream":"btcusdt@kline_1m","data":{...}}`."""

    data: msgspec.Raw
    stream: str = ""


_KINDS: Final = frozenset(
    {
        "kline",
        "continuous_kline",
        "bookTicker",
        "markPriceUpdate",
        "aggTrade",
        "trade",
        "forceOrder",
        "contractInfo",
        "24hrTicker",
        "24hrMiniTicker",
        "depthUpdate",
    }
)
_WRAPPED: Final = b'{"st'

# Numbers come as strings, and now and then the other way round: not strict takes both.
_READ_WRAPPED: Final = msgspec.json.Decoder(MarketFrame, strict=False).decode
_READ_ROW: Final[Callable[[msgspec.Raw | bytes], MarketEvent]] = msgspec.json.Decoder(
    MarketEvent, strict=False
).decode
_READ_ROWS: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_READ_ENVELOPE: Final = msgspec.json.Decoder(_Envelope).decode


def read_market_frame(frame: bytes) -> MarketFrame | OtherMarket | OtherFrame:
    """Read one frame of a market connection, combined or raw; whatever the bytes, nothing is raised."""
    try:
        read = _READ_WRAPPED(frame) if frame.startswith(_WRAPPED) else MarketFrame("", _READ_ROW(frame))
    except UNREADABLE as error:
        return _read_slowly(frame, error)
    return read if type(read.data) is Kline else _of_our_market(read)


def _of_our_market(read: MarketFrame) -> MarketFrame | OtherMarket:
    data = read.data
    if isinstance(data, list):
        ours = [row for row in data if _is_ours(row)]
        return read if len(ours) == len(data) else MarketFrame(read.stream, ours, read.unread_rows)
    return read if _is_ours(data) else OtherMarket(read.stream)


def _is_ours(event: MarketEvent) -> bool:
    if isinstance(event, ForceOrder):
        return event.market == event.order.market == USD_MARGINED
    return getattr(event, "market", USD_MARGINED) == USD_MARGINED


def _read_slowly(frame: bytes, error: Exception) -> MarketFrame | OtherMarket | OtherFrame:
    try:
        envelope = _READ_ENVELOPE(frame) if frame.lstrip()[:1] != b"[" else _Envelope(msgspec.Raw(frame))
    except UNREADABLE:
        return read_other(frame, str(error), _KINDS)
    content = bytes(envelope.data).lstrip()
    if content.startswith(b"["):
        return _row_by_row(content, envelope.stream)
    try:
        return _of_our_market(MarketFrame(envelope.stream, _READ_ROW(content)))
    except UNREADABLE:
        return read_other(frame, str(error), _KINDS)


def _row_by_row(content: bytes, stream: str) -> MarketFrame | OtherMarket | OtherFrame:
    """Keep the rows that can be read; when none can, tell what the first one is."""
    try:
        rows = _READ_ROWS(content)
    except UNREADABLE as error:
        return malformed(error)
    told = [_row(row) for row in rows]
    read = [row for row in told if isinstance(row, Told)]
    unread = [row for row in told if not isinstance(row, Told)]
    if unread and not read:
        return unread[0]
    return _of_our_market(MarketFrame(stream, read, len(unread)))


def _row(row: msgspec.Raw) -> MarketEvent | OtherFrame:
    try:
        return _READ_ROW(row)
    except UNREADABLE as error:
        return read_other(row, str(error), _KINDS)
