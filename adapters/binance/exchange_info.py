"""The venue's rules for its symbols, as its exchangeInfo tells them."""

import gzip
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from adapters.binance.wire.market_events import ContractInfo
from adapters.binance.wire.replies import SymbolBrackets
from adapters.binance.wire.reply_reader import ReplyUnreadable, reader_of
from adapters.binance.wire.symbol_rules import ExchangeInfo, FilterTold, SymbolTold
from application.ports.candle_tape import TapeRefused
from domain.market.instrument import Instrument
from domain.market.leverage_bracket import CAUTIOUS_BRACKETS, LeverageBracket

_GZIP: Final = ".gz"
_READ: Final = reader_of(ExchangeInfo)
_UNBOUNDED: Final = Decimal("Infinity")
_NO_FILTER: Final = FilterTold("")


class Contracts(NamedTuple):
    """The instruments that may be traded, and of every other symbol why not."""

    instruments: dict[str, Instrument]
    left_out: dict[str, str]


def read_instruments(path: Path) -> dict[str, Instrument]:
    """Read the answer of `GET /fapi/v1/exchangeInfo` from a file, gzipped or not.

    Brackets are not part of it; the cautious ones stand in. Raises FileNotFoundError, or TapeRefused
    with the file and the reason.
    """
    try:
        content = path.read_bytes()
        text = gzip.decompress(content) if path.suffix == _GZIP else content
        return {told.symbol: instrument_of(told) for told in _READ(text).symbols}
    except FileNotFoundError:
        raise
    except (OSError, EOFError, ReplyUnreadable, KeyError, ValueError) as error:
        raise TapeRefused(str(path), None, f"is no exchangeInfo: {error}") from error


def contracts_of(
    info: ExchangeInfo, brackets: Iterable[SymbolBrackets] = (), margin_asset: str = "USDT"
) -> Contracts:
    """Sort the venue's symbols into those we trade, with their rules, and those we do not.

    Traded are perpetuals on a coin, in the margin asset given, whose status is TRADING. A symbol
    whose rules are incomplete is left out with what is missing.
    """
    steps = {told.symbol: brackets_of(told) for told in brackets}
    contracts = Contracts({}, {})
    for told in info.symbols:
        rules = _rules_or_reason(told, steps.get(told.symbol, CAUTIOUS_BRACKETS), margin_asset)
        if isinstance(rules, Instrument):
            contracts.instruments[told.symbol] = rules
        else:
            contracts.left_out[told.symbol] = rules
    return contracts


def why_not_traded(told: SymbolTold, margin_asset: str) -> str | None:
    """Say why a symbol is not for us, or None."""
    if told.contract_type != "PERPETUAL":
        return f"contract type {told.contract_type}"
    if told.underlying_type != "COIN":
        return f"underlying {told.underlying_type}"
    if told.margin_asset != margin_asset:
        return f"margin asset {told.margin_asset}"
    return None if told.status == "TRADING" else f"status {told.status}"


def instrument_of(told: SymbolTold, brackets: tuple[LeverageBracket, ...] = CAUTIOUS_BRACKETS) -> Instrument:
    """Give a symbol's rules.

    Where market orders have a coarser lot or a larger least quantity, everything obeys it: what is
    entered by a limit must be closable at market. Raises KeyError for a filter that is missing and
    ValueError for a grid that is none.
    """
    by_type = {rule.filter_type: rule for rule in told.filters}
    price, lot = by_type["PRICE_FILTER"], by_type["LOT_SIZE"]
    market_lot = by_type.get("MARKET_LOT_SIZE", lot)
    band = by_type.get("PERCENT_PRICE", _NO_FILTER)
    if not price.tick_size > 0 or not lot.step_size > 0:
        raise ValueError(f"{told.symbol} has no grid")
    return Instrument(
        symbol=told.symbol,
        tick=_shortest(price.tick_size),
        lot=_shortest(max(lot.step_size, market_lot.step_size)),
        min_quantity=max(lot.min_qty, market_lot.min_qty),
        max_quantity=lot.max_qty,
        max_market_quantity=market_lot.max_qty,
        min_notional=by_type["MIN_NOTIONAL"].notional,
        min_price=price.min_price,
        max_price=price.max_price or _UNBOUNDED,
        lowest_sell_to_mark=band.multiplier_down,
        highest_buy_to_mark=band.multiplier_up or _UNBOUNDED,
        trigger_gap_to_mark=told.trigger_protect or _UNBOUNDED,
        brackets=brackets,
    )


def brackets_of(told: SymbolBrackets) -> tuple[LeverageBracket, ...]:
    """Give the margin brackets of `GET /fapi/v1/leverageBracket`, lowest first."""
    steps = (
        LeverageBracket(
            step.notional_floor, step.notional_cap, step.initial_leverage, step.maint_margin_ratio, step.cum
        )
        for step in told.brackets
    )
    return tuple(sorted(steps)) or CAUTIOUS_BRACKETS


def changed_brackets(told: ContractInfo) -> tuple[LeverageBracket, ...] | None:
    """Give the margin brackets of a contractInfo event, lowest first; None when they did not change."""
    steps = (
        LeverageBracket(
            step.notional_floor,
            step.notional_cap,
            step.max_leverage,
            step.maintenance_rate,
            step.maintenance_deduction,
        )
        for step in told.brackets
    )
    return tuple(sorted(steps)) or None


def _rules_or_reason(
    told: SymbolTold, brackets: tuple[LeverageBracket, ...], margin_asset: str
) -> Instrument | str:
    try:
        return why_not_traded(told, margin_asset) or instrument_of(told, brackets)
    except (KeyError, ValueError) as error:
        return f"its rules are incomplete: {error}"


def _shortest(step: Decimal) -> Decimal:
    """Drop the zeros behind a step, as in 0.10, but write ten as 10."""
    is_whole = step == step.to_integral_value()
    return step.quantize(Decimal(1)) if is_whole else step.normalize()
