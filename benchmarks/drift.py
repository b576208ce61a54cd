"""How often a champion that is as good as ever is doubted, and how soon one that has lost its edge is.

`python -m benchmarks.drift --keep FOLDER`: for each seed a champion is trained on thirty days of a generated
market with an edge and seated by hand, and watched for ninety more as a service would watch it. The same
champion is played through three markets: one that stays as it was; one in which the edge goes away after
thirty days together with the large traders behind it; and one in which everything goes on looking as before
and pays no more. Where SLT_MARKET_DATA names real candles, champions are seated on those, too, every 45 days.
Samples are kept in FOLDER and made once, which is most of the work (13 processor seconds a seed).
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import FIRST_MONDAY_MS, made_up_market
from adapters.generator.venue_rules import instrument_of
from adapters.native.forest import NativeForest
from adapters.parquet.sample_file import SampleFile
from adapters.settings.settings_loader import load_settings
from adapters.xgboost.model_trainer import trained_model
from application.champion_watch import ChampionWatch, WatchRules
from application.learning_cycle import LearningRules
from application.model_opinion import OpinionatedModel
from application.ports.model_trainer import NotTrained, TrainingOrder
from benchmarks.harvest import in_runs, opened
from benchmarks.noise_tapes import harvested, in_order, market_data, without_costs
from domain.learning.calibration import CalibrationRules
from domain.learning.confidence_bound import wilson_interval
from domain.learning.drift import DriftState, bet_size
from domain.learning.outcome import LabelledSample
from domain.learning.training_rules import TrainingRules
from domain.market.timeframe import DAY_MS

Samples = list[LabelledSample]
Moments = NDArray[np.int64]
SYMBOLS: Final = 4
TAUGHT_DAYS: Final = 30
WATCHED_DAYS: Final = 90
STAYS_DAYS: Final = 30
TAUGHT_MS: Final = FIRST_MONDAY_MS + TAUGHT_DAYS * DAY_MS
CHANGED_MS: Final = TAUGHT_MS + STAYS_DAYS * DAY_MS
FIRST_SEED: Final = 101
REAL_TAUGHT_DAYS: Final = 60
REAL_EVERY_DAYS: Final = 45
REAL_SYMBOLS: Final = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
REAL_SPANS: Final = ("20220101-20221231", "20230101-20231231", "20240101-20240625")
NEAR: Final = 20
EVEN: Final = 0.5
SURE_Z: Final = CalibrationRules().bound_z
TWO_SIDED: Final = 1.96
DOUBTS: Final = (DriftState.WARNED, DriftState.SHRUNK, DriftState.DEMOTED)
HALF_90_ALL: Final = (0.5, 0.9, 1.0)
RULES: Final = LearningRules()


class Change(NamedTuple):
    """What was thought of a champion from a moment on, and why."""

    at_ms: int
    state: DriftState
    reasons: tuple[str, ...]


@dataclass(slots=True)
class Watched:
    """When a champion was doubted, how strongly and why, and what its bets gave, halved and ended or not."""

    changes: list[Change] = field(default_factory=list)
    net_r: float = 0.0
    unwatched_net_r: float = 0.0
    looks_ms: list[float] = field(default_factory=list)

    def first(self, doubt: DriftState, from_ms: int) -> Change | None:
        """Give the change since which it is doubted that much or more, if it still was at that moment."""
        for change, following in zip_longest(self.changes, self.changes[1:]):
            is_over = following is not None and following.at_ms <= from_ms
            if _rank(change.state) >= _rank(doubt) and not is_over:
                return change
        return None


def main() -> int:
    parser = argparse.ArgumentParser(description="Count false alarms of drift, and how late true ones come.")
    parser.add_argument("--keep", type=Path, required=True, help="folder in which samples are kept")
    parser.add_argument("--seeds", type=int, default=24)
    parser.add_argument("--calm-seeds", type=int, default=60, help="so many for false alarms")
    parser.add_argument("--edge", type=float, default=1.0, help="how strong the edge is, from 0 to 1")
    asked = parser.parse_args()
    asked.keep.mkdir(parents=True, exist_ok=True)
    generated(asked.keep, asked.seeds, max(asked.seeds, asked.calm_seeds), asked.edge)
    folder = market_data()
    if folder is not None:
        real(asked.keep, folder)
    return 0


def generated(kept_in: Path, seeds: int, calm_seeds: int, edge: float) -> None:
    """Watch a champion of each seed in each market."""
    stays: list[Watched] = []
    goes: dict[str, list[Watched]] = {"the edge goes, and its marks": [], "looks the same, pays no more": []}
    for seed in range(FIRST_SEED, FIRST_SEED + calm_seeds):
        with_edge = made(kept_in, seed, edge)
        champion = seated(with_edge, TAUGHT_MS)
        if champion is None:
            continue
        stays.append(watched(champion, with_edge, sys.maxsize))
        if seed < FIRST_SEED + seeds:
            without = made(kept_in, seed, 0.0)
            for results, change in zip(goes.values(), (spliced, unpaid), strict=True):
                results.append(watched(champion, change(with_edge, without), CHANGED_MS))
    tell(f"generated, edge {edge:g}: it stays", stays, sys.maxsize)
    for name, results in goes.items():
        tell(f"generated, edge {edge:g}: {name}", results, CHANGED_MS)


def made(kept_in: Path, seed: int, edge: float) -> Samples:
    """Give the samples of a generated market, from its file where there is one."""
    file = SampleFile(kept_in / f"drift-{seed}-{edge:g}.parquet")
    if not (kept_in / f"drift-{seed}-{edge:g}.parquet").exists():
        market = made_up_market(seed, SYMBOLS, TAUGHT_DAYS + WATCHED_DAYS, edge, is_noise=False)
        candles = {one.name: list(GeneratedTape(market, one.name).candles()) for one in market.symbols}
        file.write(harvested(candles, {one.name: instrument_of(one) for one in market.symbols}))
    return in_order(file.samples())


def seated(samples: Samples, taught_ms: int) -> OpinionatedModel | None:
    """Train a champion on what was over by a moment, and seat it unproven."""
    known = tuple(one for one in samples if one.outcome.resolved_at_ms <= taught_ms)
    model = trained_model(TrainingOrder(known, TrainingRules(), RULES.seed, taught_ms))
    if isinstance(model, NotTrained):
        return None
    return OpinionatedModel(model, NativeForest, SURE_Z)


def spliced(before: Samples, after: Samples) -> Samples:
    """Let one market follow another."""
    return [one for one in before if one.sample.decided_at_ms < CHANGED_MS] + [
        one for one in after if one.sample.decided_at_ms >= CHANGED_MS
    ]


def unpaid(samples: Samples, without: Samples) -> Samples:
    """Leave every setup as it was, and deal it the end of one from a market without an edge, near in time."""
    chance = np.random.default_rng(len(samples))
    moments = np.array([one.sample.decided_at_ms for one in without])
    return [
        one if one.sample.decided_at_ms < CHANGED_MS else _dealt(one, without, moments, chance)
        for one in samples
    ]


def watched(champion: OpinionatedModel, samples: Samples, edge_until_ms: int) -> Watched:
    """Play what came after the training, with a look whenever a service would have one."""
    told, state = Watched(), DriftState.STEADY
    trained_ms = champion.record.trained_at_ms
    after = [one for one in samples if one.sample.decided_at_ms > trained_ms]
    after.sort(key=lambda one: (one.outcome.resolved_at_ms, one.sample.sample_id))
    watch, look_at = ChampionWatch(champion, WatchRules()), RULES.look_every
    while look_at <= len(after) and state is not DriftState.DEMOTED:
        known = after[:look_at]
        began_s = time.process_time()
        verdict = watch.look(known, state)
        told.looks_ms.append((time.process_time() - began_s) * 1e3)
        if verdict is not None and verdict.state is not state:
            state = verdict.state
            told.changes.append(Change(known[-1].outcome.resolved_at_ms, state, verdict.reasons))
        look_at += min(max(RULES.look_every, look_at // 10), 8 * RULES.look_every)
    _follow(told, champion, after, 0 if edge_until_ms == sys.maxsize else edge_until_ms)
    return told


def _follow(told: Watched, champion: OpinionatedModel, samples: Samples, from_ms: int) -> None:
    """Add up what its bets gave from a moment on, one at a time in a symbol."""
    free_at_ms: dict[str, int] = {}
    for sample, outcome in in_order(samples):
        is_free = sample.decided_at_ms >= max(from_ms, free_at_ms.get(sample.symbol, 0))
        if is_free and champion.of(sample.features, sample.context).confidence > EVEN:
            free_at_ms[sample.symbol] = outcome.resolved_at_ms
            states = [one.state for one in told.changes if one.at_ms <= sample.decided_at_ms]
            told.net_r += outcome.net_r * bet_size((states or [DriftState.STEADY])[-1], RULES.watch.drift)
            told.unwatched_net_r += outcome.net_r


def real(kept_in: Path, folder: Path) -> None:
    """Watch champions that were seated by hand on real candles, though none has proven itself there.

    As charged they find nothing to bet on; with costs given back some do.
    """
    samples = in_order(one for symbol in REAL_SYMBOLS for one in _harvested_years(kept_in, folder, symbol))
    tell("real candles, as charged", _watched_on(samples), sys.maxsize)
    tell("real candles, costs given back", _watched_on(without_costs(samples)), sys.maxsize)


def _watched_on(samples: Samples) -> list[Watched]:
    """Seat a champion every so many days, and watch each."""
    last_ms = samples[-1].sample.decided_at_ms - (REAL_TAUGHT_DAYS + WATCHED_DAYS) * DAY_MS
    results = []
    for from_ms in range(samples[0].sample.decided_at_ms, last_ms, REAL_EVERY_DAYS * DAY_MS):
        taught_ms = from_ms + REAL_TAUGHT_DAYS * DAY_MS
        until_ms = taught_ms + WATCHED_DAYS * DAY_MS
        span = [one for one in samples if from_ms <= one.sample.decided_at_ms < until_ms]
        champion = seated(span, taught_ms)
        if champion is not None:
            results.append(watched(champion, span, sys.maxsize))
    return results


def _harvested_years(kept_in: Path, folder: Path, symbol: str) -> Samples:
    path = kept_in / f"drift-{symbol}.parquet"
    if not path.exists():
        files = [str(folder / f"spot/{symbol}-1m-{span}.parquet") for span in REAL_SPANS]
        SampleFile(path).write(in_runs(load_settings({}), opened(files)))
    return list(SampleFile(path).samples())


def _dealt(
    one: LabelledSample,
    others: Samples,
    moments: Moments,
    chance: np.random.Generator,
) -> LabelledSample:
    place = int(np.searchsorted(moments, one.sample.decided_at_ms)) + int(chance.integers(-NEAR, NEAR))
    sample, outcome = others[min(max(place, 0), len(others) - 1)]
    end_ms = one.sample.decided_at_ms + outcome.resolved_at_ms - sample.decided_at_ms
    return one._replace(outcome=replace(outcome, sample_id=one.sample.sample_id, resolved_at_ms=end_ms))


def tell(name: str, results: Sequence[Watched], edge_until_ms: int) -> None:
    """Tell how many champions were doubted, and what that was worth."""
    if not results:
        return
    looks = [ms for one in results for ms in one.looks_ms]
    took = " / ".join(f"{np.quantile(looks, share):.1f}" for share in (0.5, 0.99))
    say(f"{name}: {len(results)} champions, {len(looks)} looks of {took} ms (half, 99 %)")
    for doubt in DOUBTS:
        tell_doubts(doubt, results, edge_until_ms)
    since = ""
    if edge_until_ms < sys.maxsize:
        since = " since then"
        for doubt in DOUBTS:
            tell_delays(doubt, results, edge_until_ms)
    watched_r, unwatched_r = (
        np.mean([getattr(one, it) for one in results]) for it in ("net_r", "unwatched_net_r")
    )
    say(f"  bets of each{since}: {watched_r:+.1f} R, unwatched {unwatched_r:+.1f} R")


def tell_doubts(doubt: DriftState, results: Sequence[Watched], until_ms: int) -> None:
    """Tell how many were doubted before there was a reason to, and by what."""
    firsts = [one.first(doubt, 0) for one in results]
    false = [change for change in firsts if change is not None and change.at_ms < until_ms]
    low, high = wilson_interval(len(false) / len(results), len(results), TWO_SIDED)
    why = [" and ".join(reason.partition(":")[0] for reason in change.reasons) for change in false]
    counted = ", ".join(f"{reason} {why.count(reason)}" for reason in sorted(set(why)))
    say(f"  {doubt} for nothing: {len(false)} ({low:.0%} to {high:.0%}){': ' * bool(counted)}{counted}")


def tell_delays(doubt: DriftState, results: Sequence[Watched], since_ms: int) -> None:
    """Tell how long it took once there was a reason to."""
    firsts = [one.first(doubt, since_ms) for one in results]
    days = [max(0.0, (change.at_ms - since_ms) / DAY_MS) for change in firsts if change is not None]
    late = " / ".join(f"{np.quantile(days, share):.1f}" for share in HALF_90_ALL) if days else "-"
    say(f"  {doubt} since the edge is gone: {len(days)}, after {late} days (half, 90 %, all of these)")


def _rank(state: DriftState) -> int:
    return list(DriftState).index(state)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
