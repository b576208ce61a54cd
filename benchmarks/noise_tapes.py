"""Samples of markets in which nothing past tells the sign of what comes, made once and kept on file.

Two kinds: the generator's, and real candles of which each minute's return is turned around or not by the
toss of a coin, the same coin for all symbols, so that volatility, hours and the company that symbols keep
stay what they were.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import FIRST_MONDAY_MS, made_up_market
from adapters.generator.venue_rules import instrument_of
from adapters.native.candle_aggregator import NativeCandleAggregator
from adapters.native.candle_run import NativeRunMaker
from adapters.native.scout import NativeScout
from adapters.native.structure_engine import NativeStructureEngine
from adapters.parquet.sample_file import SampleFile
from adapters.settings.settings import Settings
from adapters.settings.settings_loader import load_settings
from application.desk_rules import DeskRules
from application.sample_harvest import SampleHarvest
from application.shadow_rules import ShadowRules, SteadyFunding
from application.symbol_shadows import SymbolShadows
from domain.learning.no_model import NoModel
from domain.learning.outcome import LabelledSample
from domain.market.candle import Candle
from domain.market.instrument import Instrument, instrument_seen_on
from domain.market.timeframe import DAY_MS, MINUTE_MS

Floats = NDArray[np.float64]
Samples = list[LabelledSample]
GENERATED_SYMBOLS: Final = 3
TAPE_DAYS: Final = 60
_REAL_SYMBOLS: Final = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
_REAL_FILE: Final = "spot/{}-1m-20220101-20221231.parquet"
_PRICE_DECIMALS: Final = {"BTCUSDT": 2, "ETHUSDT": 2, "SOLUSDT": 2}


def generated_noise(seed: int, kept_in: Path) -> Samples:
    """Give the samples of sixty days of three invented symbols."""
    path = kept_in / f"generated-{seed:04}.parquet"
    file = SampleFile(path)
    if not path.exists():
        market = made_up_market(seed, GENERATED_SYMBOLS, TAPE_DAYS, 0.0, is_noise=True)
        candles = {one.name: list(GeneratedTape(market, one.name).candles()) for one in market.symbols}
        file.write(harvested(candles, {one.name: instrument_of(one) for one in market.symbols}))
    return in_order(file.samples())


def real_noise(seed: int, kept_in: Path, market_data: Path) -> Samples:
    """Give the samples of sixty days of three real symbols with the signs of their returns tossed."""
    path = kept_in / f"real-{seed:04}.parquet"
    file = SampleFile(path)
    if not path.exists():
        chance = np.random.default_rng([seed, 1])
        length = TAPE_DAYS * DAY_MS // MINUTE_MS
        first = int(chance.integers(0, 365 * DAY_MS // MINUTE_MS - length))
        signs = np.where(chance.random(length) < 0.5, -1.0, 1.0)
        made = {name: list(_tossed(name, first, signs, market_data)) for name in _REAL_SYMBOLS}
        grids = {name: instrument_seen_on(name, candles[:2_000]) for name, candles in made.items()}
        file.write(harvested(made, grids))
    return in_order(file.samples())


def in_order(samples: Iterable[LabelledSample]) -> Samples:
    """Sort samples by the moment of their decision."""
    return sorted(samples, key=_decided)


def chained(tapes: Sequence[Sequence[LabelledSample]]) -> Samples:
    """Lay tapes end to end in time, each as long as it was: noise after noise is noise."""
    whole: Samples = []
    for place, tape in enumerate(tapes):
        begins_ms = tape[0].sample.decided_at_ms // DAY_MS * DAY_MS
        whole += [
            _moved(one, place, FIRST_MONDAY_MS + place * TAPE_DAYS * DAY_MS - begins_ms) for one in tape
        ]
    return in_order(whole)


def without_costs(samples: Iterable[LabelledSample]) -> Samples:
    """Give back what each trade was charged, so that on average it neither wins nor loses."""
    return [
        one._replace(outcome=replace(one.outcome, net_r=one.outcome.net_r + one.sample.context.cost_in_r))
        for one in samples
    ]


def _moved(one: LabelledSample, place: int, by_ms: int) -> LabelledSample:
    sample, outcome = one
    name = f"{place}.{sample.sample_id}"
    return LabelledSample(
        replace(sample, sample_id=name, decided_at_ms=sample.decided_at_ms + by_ms),
        replace(outcome, sample_id=name, resolved_at_ms=outcome.resolved_at_ms + by_ms),
    )


def _decided(one: LabelledSample) -> tuple[int, str]:
    return one.sample.decided_at_ms, one.sample.sample_id


def market_data() -> Path | None:
    """Give the folder of real candles, None where the environment names none."""
    folder = os.environ.get("SLT_MARKET_DATA")
    return Path(folder) if folder else None


def harvested(candles: Mapping[str, Sequence[Candle]], instruments: Mapping[str, Instrument]) -> Samples:
    """Give the samples of each symbol's candles, which have no holes, under default settings."""
    settings = load_settings({}, chosen={})
    samples: Samples = []
    for name, told in candles.items():
        scout = NativeScout(MINUTE_MS, settings.setup, settings.structure_rules)
        harvest = SampleHarvest([_shadows(instruments[name], settings)])
        samples += harvest.over_runs(name, [NativeRunMaker().of_candles(told)], scout)
    return in_order(samples)


def _shadows(instrument: Instrument, settings: Settings) -> SymbolShadows:
    venue, structure = settings.venue, settings.structure_rules
    funding = SteadyFunding(venue.funding_rate_per_interval, venue.funding_interval_ms)
    desk = DeskRules(settings.setup, settings.exits, settings.costs)
    return SymbolShadows(
        instrument,
        NativeCandleAggregator(MINUTE_MS, structure.base_step_ms),
        NativeStructureEngine(structure),
        ShadowRules(desk, NoModel(), funding, MINUTE_MS),
    )


@cache
def _year(symbol: str, folder: Path) -> dict[str, Floats]:
    columns = ["open_time_ms", "open", "high", "low", "close", "volume", "taker_buy_volume"]
    table = pq.read_table(folder / _REAL_FILE.format(symbol), columns=columns)
    return {name: table[name].to_numpy().astype(np.float64) for name in columns}


def _tossed(symbol: str, first: int, signs: Floats, folder: Path) -> Iterator[Candle]:
    """Turn each minute around its beginning, in logarithms, where its coin says so.

    A minute begins at the close before. What was its high is then its low, and its buyers are sellers.
    """
    part = {name: column[first : first + len(signs)] for name, column in _year(symbol, folder).items()}
    begins = np.log(np.concatenate(([part["open"][0]], part["close"][:-1])))
    steps = {name: np.log(part[name]) - begins for name in ("open", "high", "low", "close")}
    path = np.concatenate(([0.0], np.cumsum(signs * steps["close"])))[:-1] + begins[0]
    price = {name: np.exp(path + signs * step) for name, step in steps.items()}
    is_turned = signs < 0.0
    price["high"], price["low"] = (
        np.where(is_turned, price["low"], price["high"]),
        np.where(is_turned, price["high"], price["low"]),
    )
    rounded = {name: np.round(column, _PRICE_DECIMALS[symbol]) for name, column in price.items()}
    bought = np.where(is_turned, part["volume"] - part["taker_buy_volume"], part["taker_buy_volume"])
    columns = (
        part["open_time_ms"].astype(np.int64),
        *(rounded[name] for name in ("open", "high", "low", "close")),
        part["volume"],
        np.clip(bought, 0.0, part["volume"]),
    )
    return map(Candle._make, zip(*(column.tolist() for column in columns), strict=True))
