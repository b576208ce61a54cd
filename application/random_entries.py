"""Entries at moments that mean nothing, in all else like those that were meant."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from domain.learning.block_bootstrap import Chance
from domain.learning.sample import Sample
from domain.market.direction import Direction
from domain.market.instrument import Instrument
from domain.orders.order_ids import setup_id
from domain.position.closed_trade import ClosedTrade
from domain.setup.setup import Setup, SetupKind
from domain.setup.trade_side import rounded_back
from domain.structure.structure_view import Features, StructureView, Zone, ZoneKind

_STOP: Final = "stop "
_TARGET: Final = ", target "
_AT_RANDOM: Final = "entered at random"


class EntryShape(NamedTuple):
    """What a random entry takes over from a real one.

    The stop lies `stop_fraction` of the entry away, the target `reward_to_risk` times as far.
    """

    symbol: str
    direction: Direction
    stop_fraction: Decimal
    reward_to_risk: Decimal


class Moments(NamedTuple):
    """Closes of base bars to draw from, both ends included; `step_ms` is the length of such a bar."""

    from_ms: int
    until_ms: int
    step_ms: int


class DrawnEntry(NamedTuple):
    """A moment, and what is entered then."""

    at_ms: int
    shape: EntryShape


def shape_of_levels(
    symbol: str, direction: Direction, entry: Decimal, stop: Decimal, target: Decimal
) -> EntryShape:
    """Give the shape of an entry with these levels. Raises ValueError unless the stop is behind it."""
    distance = (entry - stop) * direction.sign
    if not distance > 0:
        raise ValueError(f"a stop at {stop} does not protect a {direction} from {entry}")
    return EntryShape(symbol, direction, distance / entry, (target - entry) * direction.sign / distance)


def shape_of_sample(sample: Sample) -> EntryShape:
    """Give the shape of the entry that a sample is about."""
    return shape_of_levels(sample.symbol, sample.direction, sample.entry, sample.stop, sample.target)


def shape_of_trade(trade: ClosedTrade) -> EntryShape | None:
    """Give the shape of a closed trade's entry, from the levels among its reasons; None where none are."""
    for reason in trade.reasons:
        stop, separator, target = reason.removeprefix(_STOP).partition(_TARGET)
        if reason.startswith(_STOP) and separator:
            try:
                levels = trade.entry_price, Decimal(stop), Decimal(target)
                return shape_of_levels(trade.symbol, trade.direction, *levels)
            except (InvalidOperation, ValueError):
                return None
    return None


def drawn_entries(
    shapes: Iterable[EntryShape], moments: Moments, times: int, chance: Chance
) -> Mapping[str, Sequence[DrawnEntry]]:
    """Give each shape so many random moments; by symbol, in the order of their time.

    Every base bar is equally likely. Raises ValueError when there is none to draw from.
    """
    first = -(-moments.from_ms // moments.step_ms)
    bars = moments.until_ms // moments.step_ms - first + 1
    if bars < 1:
        raise ValueError(f"no base bar closes from {moments.from_ms} until {moments.until_ms}")
    drawn: dict[str, list[DrawnEntry]] = {}
    for shape in shapes:
        entries = drawn.setdefault(shape.symbol, [])
        for _ in range(times):
            entries.append(DrawnEntry((first + chance.below(bars)) * moments.step_ms, shape))
    for entries in drawn.values():
        entries.sort(key=_moment)
    return drawn


def random_setup(
    shape: EntryShape, view: StructureView, features: Features, instrument: Instrument
) -> Setup | None:
    """Give the setup of a random entry at the close of a bar; None where its levels do not fit the grid.

    It enters where price stands and leans on no structure: in the place of a zone it has all that lies
    between entry and stop, so that a close through it is a close beyond the stop.
    """
    direction = shape.direction
    entry = rounded_back(instrument, view.close, direction)
    distance = instrument.price_at_or_above(entry * shape.stop_fraction)
    reward = instrument.price_at_or_below(distance * shape.reward_to_risk)
    stop, target = entry - distance * direction.sign, entry + reward * direction.sign
    if not (min(stop, target) > 0 and distance > 0 and reward > 0):
        return None
    bottom, top = sorted((float(entry), float(stop)))
    return Setup(
        setup_id=setup_id(shape.symbol, direction, view.closed_at_ms),
        symbol=shape.symbol,
        direction=direction,
        kind=SetupKind.ORDER_BLOCK_RETURN,
        found_at_ms=view.closed_at_ms,
        entry=entry,
        stop=stop,
        target=target,
        zone=Zone(ZoneKind.ORDER_BLOCK, bottom, top, view.open_time_ms),
        reasons=(_AT_RANDOM, f"{_STOP}{stop}{_TARGET}{target}"),
        features=features,
        higher_trend=view.higher.trend,
    )


def _moment(drawn: DrawnEntry) -> int:
    return drawn.at_ms
