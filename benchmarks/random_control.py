"""The same stops and targets, entered at moments that mean nothing."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import repeat
from typing import Final, NamedTuple

import composition.engines
from adapters.settings.settings_loader import load_settings
from application.desk_rules import DeskRules
from application.random_entries import Moments, drawn_entries, shape_of_sample
from application.random_trades import RandomMarket, RandomTrade, RandomTrades
from application.shadow_rules import ShadowRules
from application.tape_instruments import instrument_of_tape
from benchmarks.harvest import opened
from benchmarks.played_trades import BP, Dealer, Estimate, Played, estimate, files_of, paid_bp
from domain.learning.no_model import NoModel

PLANNED_COST_BP: Final = 8.0
"""What R counts for costs: in by a limit, out at market, 2 + 5 + 1 of slippage."""


class Drawn(NamedTuple):
    """What a random entry gave."""

    at_ms: int
    net_r: float
    net_bp: float
    gross_bp: float


def at_random(symbol: str, trades: Sequence[Played], tick: Decimal | None = None) -> list[Drawn]:
    """Enter as often as the setups did, in their shapes, at bars drawn from the same time.

    What was paid is taken to be what the setups paid on average.
    """
    settings, tape = load_settings({}), opened(files_of(symbol))
    structure = settings.structure_rules
    moments_ms = [one.sample.decided_at_ms for one in trades]
    moments = Moments(min(moments_ms), max(moments_ms), structure.base_step_ms)
    shapes = (shape_of_sample(one.sample) for one in trades)
    drawn = {entry.at_ms: entry for entry in drawn_entries(shapes, moments, 1, Dealer())[symbol]}
    rules = ShadowRules(DeskRules(settings.setup, settings.exits, settings.costs), NoModel())
    aggregator = composition.engines.AGGREGATORS["native"](tape.step_ms, structure.base_step_ms)
    engine = composition.engines.ENGINES["native"](structure)
    seen = instrument_of_tape(tape)
    instrument = seen if tick is None else replace(seen, tick=tick)
    entered = RandomTrades(instrument, aggregator, engine, rules, list(drawn.values()))
    ended = RandomMarket([entered]).over(zip(repeat(symbol), tape.candles()))
    paid = paid_bp(trades)
    return [_drawn(one, float(drawn[one.decided_at_ms].shape.stop_fraction), paid) for one in ended]


def _drawn(one: RandomTrade, stop_fraction: float, paid: float) -> Drawn:
    net_bp = one.net_r * (stop_fraction * BP + PLANNED_COST_BP)
    return Drawn(one.decided_at_ms, one.net_r, net_bp, net_bp + paid)


def estimates_of(drawn: Sequence[Drawn]) -> tuple[Estimate, Estimate, Estimate]:
    """Tell the mean net R, and net and gross in basis points."""
    return (
        estimate((one.at_ms, one.net_r) for one in drawn),
        estimate((one.at_ms, one.net_bp) for one in drawn),
        estimate((one.at_ms, one.gross_bp) for one in drawn),
    )
