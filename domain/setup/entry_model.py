"""Structure in; a setup with entry, stop, target and reasons out, or nothing."""

from decimal import Decimal
from typing import Final, NamedTuple

from domain.market.direction import Direction
from domain.market.instrument import Instrument
from domain.orders.order_ids import setup_id
from domain.setup.change_of_character import turned_against
from domain.setup.confirmation import Confirmation, confirmations
from domain.setup.entry_zone import EntryZone, entry_zones
from domain.setup.setup import Setup, SetupKind
from domain.setup.setup_rules import SetupRules
from domain.setup.trade_side import (
    far_edge,
    is_closed_through,
    pools_ahead,
    rounded_back,
)
from domain.structure.structure_view import Features, StructureView, Zone, ZoneKind

_IN_WORDS: Final = {
    ZoneKind.ORDER_BLOCK: "an order block",
    ZoneKind.BREAKER: "a breaker",
    ZoneKind.FAIR_VALUE_GAP: "a fair value gap",
}


class _Search(NamedTuple):
    """What is searched, and in which direction; `bottom` and `top` are the dealing range."""

    direction: Direction
    view: StructureView
    features: Features
    bottom: float
    top: float
    instrument: Instrument
    rules: SetupRules


class _Levels(NamedTuple):
    entry: Decimal
    stop: Decimal
    target: Decimal


def find_setup(symbol: str, view: StructureView, instrument: Instrument, rules: SetupRules) -> Setup | None:
    """Find the trade the structure offers at the close of a base bar.

    A long needs: sell-side liquidity swept or a change of character up, a displacement up with it
    or after it, a bullish order block, breaker or fair value gap at or within reach below the close
    with its entry in the lower half of the middle frame's dealing range, and a higher trend that is
    not down. A short is the mirror image. Where both are offered, which only relaxed rules allow,
    there is none.
    """
    if view.features is None or view.dealing_range is None or not view.base.atr > 0.0:
        return None
    bottom, top = view.dealing_range
    long = _setup_by(_Search(Direction.LONG, view, view.features, bottom, top, instrument, rules), symbol)
    short = _setup_by(_Search(Direction.SHORT, view, view.features, bottom, top, instrument, rules), symbol)
    if long is not None and short is not None:
        return None
    return short if long is None else long


def spoiled(setup: Setup, view: StructureView, rules: SetupRules) -> str | None:
    """Say why an entry that still waits must be withdrawn, or None while the setup stands."""
    sign = setup.direction.sign
    if is_closed_through(setup.zone, view, setup.direction):
        return "price closed through the zone"
    if view.higher.trend == -sign and setup.higher_trend != -sign:
        return "the higher trend turned against the trade"
    if turned_against(view, setup.direction, setup.found_at_ms):
        return "the middle frame changed character against the trade"
    if (view.close >= setup.target) if sign > 0 else (view.close <= setup.target):
        return "price ran to the target without us"
    if view.closed_at_ms - setup.found_at_ms >= rules.entry_lifetime_bars * view.base.step_ms:
        return f"not filled within {rules.entry_lifetime_bars} bars"
    return None


def _setup_by(search: _Search, symbol: str) -> Setup | None:
    direction, view, rules = search.direction, search.view, search.rules
    if view.higher.trend == -direction.sign:
        return None
    confirmed = confirmations(view, direction, rules)
    if not confirmed:
        return None
    is_swept = any(confirmation.is_sweep for confirmation in confirmed)
    for found in entry_zones(view, direction, rules):
        levels = _levels(search, found, is_swept=is_swept)
        if levels is not None:
            return _setup(search, symbol, found.zone, levels, confirmed)
    return None


def _levels(search: _Search, found: EntryZone, *, is_swept: bool) -> _Levels | None:
    """Give entry, stop and target on the tick, or None where the rules do not allow them."""
    direction, rules = search.direction, search.rules
    entry = rounded_back(search.instrument, found.level, direction)
    structure = _structure_behind(search, found.zone, is_swept=is_swept)
    distance = _stop_distance(search, structure, found.level, entry)
    if distance > entry * rules.max_stop_fraction:
        return None
    target = _target(search, entry, distance)
    return None if target is None else _Levels(entry, entry - distance * direction.sign, target)


def _structure_behind(search: _Search, zone: Zone, *, is_swept: bool) -> float:
    """Give the level that proves the setup wrong: the zone's far edge, or the sweep's if further.

    Where the sweep ended is the dealing range's edge on the losing side.
    """
    edge = far_edge(zone, search.direction)
    if not is_swept:
        return edge
    is_long = search.direction is Direction.LONG
    return min(edge, search.bottom) if is_long else max(edge, search.top)


def _stop_distance(search: _Search, structure: float, entry_level: float, entry: Decimal) -> Decimal:
    """Give the distance to beyond the structure, widened to the smallest allowed, in whole ticks."""
    direction, rules, atr = search.direction, search.rules, search.view.base.atr
    beyond = (entry_level - structure) * direction.sign + rules.stop_buffer_atr * atr
    by_structure = search.instrument.price_at_or_above(max(beyond, rules.min_stop_atr * atr))
    return max(by_structure, search.instrument.price_at_or_above(entry * rules.min_stop_fraction))


def _target(search: _Search, entry: Decimal, distance: Decimal) -> Decimal | None:
    """Give the first level ahead that pays enough; one beyond the highest ratio is cut to it."""
    direction, rules, instrument = search.direction, search.rules, search.instrument
    furthest = instrument.price_at_or_below(distance * rules.max_reward_to_risk)
    for level in _levels_ahead(search):
        reward = (rounded_back(instrument, level, direction) - entry) * direction.sign
        if reward >= distance * rules.min_reward_to_risk:
            return entry + min(reward, furthest) * direction.sign
    return None


def _levels_ahead(search: _Search) -> tuple[float, ...]:
    """Give the pools ahead, nearest first, then the dealing range's far edge."""
    range_edge = search.top if search.direction is Direction.LONG else search.bottom
    return (*(pool.level for pool in pools_ahead(search.view, search.direction)), range_edge)


def _setup(
    search: _Search, symbol: str, zone: Zone, levels: _Levels, confirmed: tuple[Confirmation, ...]
) -> Setup:
    direction, view = search.direction, search.view
    is_gap = zone.kind is ZoneKind.FAIR_VALUE_GAP
    return Setup(
        setup_id=setup_id(symbol, direction, view.closed_at_ms),
        symbol=symbol,
        direction=direction,
        kind=SetupKind.GAP_RETURN if is_gap else SetupKind.ORDER_BLOCK_RETURN,
        found_at_ms=view.closed_at_ms,
        entry=levels.entry,
        stop=levels.stop,
        target=levels.target,
        zone=zone,
        reasons=_reasons(search, zone, levels, confirmed),
        features=search.features,
        higher_trend=view.higher.trend,
    )


def _reasons(
    search: _Search, zone: Zone, levels: _Levels, confirmed: tuple[Confirmation, ...]
) -> tuple[str, ...]:
    span = search.top - search.bottom
    share = 100.0 * (float(levels.entry) - search.bottom) / span if span > 0.0 else 50.0
    trend = {1: "up", 0: "not known", -1: "down"}[search.view.higher.trend]
    return (
        *(confirmation.in_words() for confirmation in confirmed),
        f"return into {_IN_WORDS[zone.kind]} from {zone.bottom:.8g} to {zone.top:.8g}",
        f"entry at {share:.0f} % of the dealing range",
        f"stop {levels.stop}, target {levels.target}",
        f"higher trend {trend}",
    )
