"""The venue's rules for its symbols, as its exchangeInfo tells them."""

import gzip
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from application.ports.candle_tape import TapeRefused
from domain.market.instrument import Instrument

_GZIP: Final = ".gz"


class _Filter(msgspec.Struct, rename="camel"):
    """`{"filterType": "PRICE_FILTER", "tickSize": "0.10", ...}`; each kind has its own keys."""

    filter_type: str
    tick_size: Decimal = Decimal(0)
    step_size: Decimal = Decimal(0)
    min_qty: Decimal = Decimal(0)
    max_qty: Decimal = Decimal(0)
    notional: Decimal = Decimal(0)


class _Symbol(msgspec.Struct):
    """`{"symbol": "BTCUSDT", "filters": [...], ...}`."""

    symbol: str
    filters: list[_Filter]


class _ExchangeInfo(msgspec.Struct):
    """`{"symbols": [...], ...}`."""

    symbols: list[_Symbol]


def read_instruments(path: Path) -> dict[str, Instrument]:
    """Read the answer of `GET /fapi/v1/exchangeInfo` from a file, gzipped or not.

    Brackets are not part of it; the cautious ones stand in. Raises FileNotFoundError, or TapeRefused
    with the file and the reason.
    """
    try:
        content = path.read_bytes()
        text = gzip.decompress(content) if path.suffix == _GZIP else content
        info = msgspec.json.decode(text, type=_ExchangeInfo)
        return {told.symbol: _instrument(told) for told in info.symbols}
    except FileNotFoundError:
        raise
    except (OSError, EOFError, msgspec.DecodeError, KeyError) as error:
        raise TapeRefused(str(path), None, f"is no exchangeInfo: {error}") from error


def _instrument(told: _Symbol) -> Instrument:
    by_type = {rule.filter_type: rule for rule in told.filters}
    lot = by_type["LOT_SIZE"]
    return Instrument(
        symbol=told.symbol,
        tick=_shortest(by_type["PRICE_FILTER"].tick_size),
        lot=_shortest(lot.step_size),
        min_quantity=lot.min_qty,
        max_quantity=lot.max_qty,
        max_market_quantity=by_type.get("MARKET_LOT_SIZE", lot).max_qty,
        min_notional=by_type["MIN_NOTIONAL"].notional,
    )


def _shortest(step: Decimal) -> Decimal:
    """Drop the zeros behind a step, as in 0.10, but write ten as 10."""
    is_whole = step == step.to_integral_value()
    return step.quantize(Decimal(1)) if is_whole else step.normalize()
