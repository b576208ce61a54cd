"""Whether an edge that was planted is found, how soon, and how much of it is brought home.

`python -m benchmarks.planted_edge` (a quarter of an hour on one processor; `--lives` and `--tapes` make it
shorter). Two worlds, a whole life of learning in each, with the trainings, looks and gate of the product:

*Signals*: a decision every two hours, of which two of twelve features move the logit of winning; a win pays
1.5 R, a loss costs one. Here the true probability is known. The oracle bets Kelly on it; the learner bets
Kelly on the lower bound of its champion, nothing without one. Growth is expected logarithmic growth under the
true probability, so no luck is in it.

*Tapes*: the generator's market with stop runs planted. The champion's trades beside all there were to take,
and beside those of one who knows which stop runs large traders are behind.
"""

import argparse
import math
import statistics
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import made_up_market
from adapters.generator.stop_run import PlantedStopRun
from adapters.generator.venue_rules import instrument_of
from adapters.native.forest import NativeForest
from adapters.system.seeded_chance import SeededChance
from adapters.xgboost.model_trainer import trained_model
from application.model_opinion import ModelOpinion, OpinionatedModel
from application.ports.model_trainer import NotTrained, TrainingOrder
from application.shadow_record import shadow_record
from benchmarks.noise_tapes import harvested
from benchmarks.trial_runs import RunResult, Seating, TrialRun
from domain.learning.calibration import CalibrationRules
from domain.learning.champion_gate import GateDecision, GateRules, review
from domain.learning.confidence_bound import wilson_interval
from domain.learning.outcome import LabelledSample
from domain.learning.sample import Sample
from domain.learning.training_rules import TrainingRules
from domain.market.timeframe import DAY_MS, HOUR_MS
from tests.trade_samples import CLOSE_MS
from tests.training_samples import one_of

SIGNALS: Final = 3_600
SIGNAL_EVERY_MS: Final = 2 * HOUR_MS
PAYOFF: Final = 1.5
BASE_LOGIT: Final = math.log(0.37 / 0.63)
STRENGTHS: Final = {"none": 0.0, "weak": 0.25, "medium": 0.5, "strong": 1.0}
RECORDS: Final = (1_000, 2_000, 4_000, 8_000)
TAPE_STRENGTHS: Final = (0.0, 0.5, 0.75, 1.0)
TAPE_DAYS: Final = 120
TAPE_SYMBOLS: Final = 4
TAUGHT_DAYS: Final = 30
TRIED_DAYS: Final = 24
SURE_Z: Final = CalibrationRules().bound_z
TWO_SIDED: Final = 1.96
BASIS_POINTS: Final = 1e4


class Signals(NamedTuple):
    """A history of signals, and the true probability of each to win."""

    samples: Sequence[LabelledSample]
    probabilities: Sequence[float]


class Life(NamedTuple):
    """What a life among signals came to; growths are logarithmic, per signal.

    `seated_after` is how many signals had passed when the first champion sat; the rest counts from there.
    `plain` is the growth of one who bets on the champion's probability instead of its lower bound.
    """

    seated_after: int | None
    oracle: float
    learner: float
    oracle_since: float
    learner_since: float
    plain_since: float


class TapeLife(NamedTuple):
    """What a life on a tape came to: net results of trades, one at a time in a symbol, since somebody sat.

    `is_found_at_once` tells of another life: taught by a first part, tried on a second, as at a start.
    """

    is_found_at_once: bool
    seated_after_days: float | None
    champion: Sequence[float]
    everything: Sequence[float]
    insider: Sequence[float]


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Count how often a planted edge is found, and what it brings."
    )
    parser.add_argument("--lives", type=int, default=20, help="seeds for each strength, among signals")
    parser.add_argument("--tapes", type=int, default=8, help="seeds for each strength, on tapes")
    parser.add_argument("--records", type=int, default=10, help="seeds for each strength and length")
    asked = parser.parse_args()
    for name, strength in STRENGTHS.items() if asked.lives else ():
        began_s = time.process_time()
        lives = [life(strength, seed) for seed in range(1, asked.lives + 1)]
        tell_lives(name, strength, lives, time.process_time() - began_s)
    for name, strength in STRENGTHS.items() if asked.records else ():
        tell_records(name, strength, asked.records)
    for strength in TAPE_STRENGTHS if asked.tapes else ():
        began_s = time.process_time()
        tapes = [tape_life(strength, seed) for seed in range(1, asked.tapes + 1)]
        tell_tapes(strength, tapes, time.process_time() - began_s)
    return 0


def signals(strength: float, seed: int, count: int = SIGNALS) -> Signals:
    """Give a history in which the sum of the first two features tells what there is to tell."""
    chance = np.random.default_rng([seed, 3])
    features = chance.normal(size=(count, 12))
    logits = BASE_LOGIT + strength * (features[:, 0] + features[:, 1]) / math.sqrt(2.0)
    probabilities = 1.0 / (1.0 + np.exp(-logits))
    wins = chance.random(count) < probabilities
    holds = chance.integers(HOUR_MS // 60, SIGNAL_EVERY_MS, size=count)
    stops = chance.uniform(0.003, 0.03, size=count)
    samples = [
        one_of(
            place,
            tuple(features[place].tolist()),
            PAYOFF if wins[place] else -1.0,
            CLOSE_MS + place * SIGNAL_EVERY_MS,
            int(holds[place]),
            float(stops[place]),
        )
        for place in range(count)
    ]
    return Signals(samples, probabilities.tolist())


def life(strength: float, seed: int) -> Life:
    told = signals(strength, seed)
    result = TrialRun(told.samples, seed, SURE_Z).play()
    oracle = [growth(p, kelly(p, PAYOFF)) for p in told.probabilities]
    opinions = [opinion_of(one.sample, result.seatings) for one in told.samples]
    learner = [_growth_by(p, said, sure) for p, said in zip(told.probabilities, opinions, strict=True)]
    plain = [_growth_by(p, said, bold) for p, said in zip(told.probabilities, opinions, strict=True)]
    seated = next((place for place, said in enumerate(opinions) if said is not None), None)
    if seated is None:
        return Life(None, _mean(oracle), _mean(learner), 0.0, 0.0, 0.0)
    since = (_mean(column[seated:]) for column in (oracle, learner, plain))
    return Life(seated, _mean(oracle), _mean(learner), *since)


def kelly(probability: float, payoff: float) -> float:
    """Give the share of equity to risk, p - (1 - p) / b, or nothing."""
    return max(0.0, probability - (1.0 - probability) / payoff)


def growth(probability: float, stake: float) -> float:
    """Give the expected logarithmic growth of a stake that pays 1.5 to one."""
    return probability * math.log1p(stake * PAYOFF) + (1.0 - probability) * math.log1p(-stake)


def sure(said: ModelOpinion) -> float:
    """Bet on the lower bound, as the product does."""
    return kelly(said.lower_bound, said.payoff)


def bold(said: ModelOpinion) -> float:
    """Bet on the probability itself."""
    return kelly(said.probability, said.payoff)


def _growth_by(
    probability: float, said: ModelOpinion | None, stake_of: Callable[[ModelOpinion], float]
) -> float:
    return 0.0 if said is None else growth(probability, stake_of(said))


def opinion_of(sample: Sample, seatings: Sequence[Seating]) -> ModelOpinion | None:
    """Ask whoever sat when a setup was decided on; None while nobody did."""
    sat = bisect_right(seatings, sample.decided_at_ms - 1, key=_seated_at)
    return seatings[sat - 1].model.of(sample.features, sample.context) if sat else None


def _seated_at(seating: Seating) -> int:
    return seating.at_ms


def tape_life(strength: float, seed: int) -> TapeLife:
    market = made_up_market(seed, TAPE_SYMBOLS, TAPE_DAYS, strength, is_noise=False)
    tapes = {one.name: GeneratedTape(market, one.name) for one in market.symbols}
    candles = {name: list(tape.candles()) for name, tape in tapes.items()}
    samples = harvested(candles, {one.name: instrument_of(one) for one in market.symbols})
    backed = {name: [story for story in tape.planted() if _pays(story)] for name, tape in tapes.items()}
    result = TrialRun(samples, seed, SURE_Z).play()
    taught_ms = market.start_ms + TAUGHT_DAYS * DAY_MS
    at_once = is_found_at_once(samples, taught_ms, taught_ms + TRIED_DAYS * DAY_MS, seed)
    if not result.seatings:
        return TapeLife(at_once, None, (), traded(samples, _anything), traded(samples, _insider(backed)))
    first_ms = result.seatings[0].at_ms
    since = [one for one in samples if one.sample.decided_at_ms > first_ms]
    return TapeLife(
        at_once,
        (first_ms - market.start_ms) / DAY_MS,
        traded(since, _champion(result)),
        traded(since, _anything),
        traded(since, _insider(backed)),
    )


def is_found_at_once(samples: Sequence[LabelledSample], taught_ms: int, tried_ms: int, seed: int) -> bool:
    """Teach a challenger with what is over at a moment, and hold it to the gate on what follows, once."""
    known = tuple(one for one in samples if one.outcome.resolved_at_ms <= taught_ms)
    model = trained_model(TrainingOrder(known, TrainingRules(), seed, taught_ms))
    if isinstance(model, NotTrained):
        return False
    then = [one for one in samples if one.outcome.resolved_at_ms <= tried_ms]
    record = shadow_record(then, OpinionatedModel(model, NativeForest, SURE_Z), None)
    verdict = review(record, taught_ms, 1, SeededChance(seed), GateRules())
    return verdict.decision is GateDecision.PROMOTE


def traded(samples: Iterable[LabelledSample], takes: Callable[[Sample], bool]) -> tuple[float, ...]:
    """Give the results of what somebody takes, one trade at a time in a symbol."""
    free_at_ms: dict[str, int] = {}
    results = []
    for sample, outcome in samples:
        if sample.decided_at_ms >= free_at_ms.get(sample.symbol, 0) and takes(sample):
            free_at_ms[sample.symbol] = outcome.resolved_at_ms
            results.append(outcome.net_r)
    return tuple(results)


def _anything(_sample: Sample) -> bool:
    return True


def _champion(result: RunResult) -> Callable[[Sample], bool]:
    def takes(sample: Sample) -> bool:
        said = opinion_of(sample, result.seatings)
        return said is not None and said.confidence > 0.5

    return takes


def _insider(backed: dict[str, list[PlantedStopRun]]) -> Callable[[Sample], bool]:
    """Take what is offered on the side of a stop run that pays, from its turn to half of its drift."""

    def takes(sample: Sample) -> bool:
        at_ms = sample.decided_at_ms
        return any(
            story.pierced_at_ms < at_ms <= (story.entered_at_ms + story.ends_at_ms) // 2
            and story.direction is sample.direction
            for story in backed[sample.symbol]
        )

    return takes


def _pays(story: PlantedStopRun) -> bool:
    return story.turned and story.returned and story.is_backed


def tell_lives(name: str, strength: float, lives: Sequence[Life], cpu_s: float) -> None:
    found = [one for one in lives if one.seated_after is not None]
    after = [one.seated_after for one in found if one.seated_after is not None]
    say(f"signals, {name} edge ({strength:g}): {len(lives)} lives of {SIGNALS} signals, {cpu_s:.0f} CPU-s")
    say(f"  found in {_count(len(found), len(lives))}{_spread(after, 'signals')}")
    oracle, learner = _mean([one.oracle for one in lives]), _mean([one.learner for one in lives])
    say(f"  growth a signal: oracle {_bp(oracle)}, learner {_bp(learner)}{_share(learner, oracle)}")
    if not found:
        return
    best = _mean([one.oracle_since for one in found])
    sure_bet, bold_bet = (
        _mean([one.learner_since for one in found]),
        _mean([one.plain_since for one in found]),
    )
    say(f"  since somebody sat: oracle {_bp(best)}, learner {_bp(sure_bet)}{_share(sure_bet, best)},")
    say(f"    on the probability instead of its lower bound {_bp(bold_bet)}{_share(bold_bet, best)}")


def tell_records(name: str, strength: float, seeds: int) -> None:
    """Tell how often histories of some lengths suffice, half of them taught and half tried in one look."""
    for length in RECORDS:
        half_ms, whole_ms = (CLOSE_MS + part * SIGNAL_EVERY_MS for part in (length // 2, length))
        found = sum(
            is_found_at_once(signals(strength, seed, length).samples, half_ms, whole_ms, seed)
            for seed in range(1, seeds + 1)
        )
        say(f"records, {name} edge ({strength:g}): of {length} signals found in {_count(found, seeds)}")


def tell_tapes(strength: float, lives: Sequence[TapeLife], cpu_s: float) -> None:
    after = [one.seated_after_days for one in lives if one.seated_after_days is not None]
    say(f"tapes, edge {strength:g}: {len(lives)} tapes of {TAPE_DAYS} days, {cpu_s:.0f} CPU-s")
    at_once = sum(one.is_found_at_once for one in lives)
    say(f"  taught by {TAUGHT_DAYS} days, tried on {TRIED_DAYS}: found in {_count(at_once, len(lives))}")
    say(f"  living from the first day: found in {_count(len(after), len(lives))}{_spread(after, 'days')}")
    found = [one for one in lives if one.seated_after_days is not None]
    for who in ("champion", "everything", "insider"):
        results = [r for one in found or lives for r in getattr(one, who)]
        if results:
            error = statistics.stdev(results) / math.sqrt(len(results))
            total = f"{sum(results):+.0f} R in {len(results)} trades"
            say(f"  {who}: {_mean(results):+.3f} R a trade (error {error:.3f}), {total}")


def _bp(rate: float) -> str:
    return f"{rate * BASIS_POINTS:.1f} bp"


def _count(found: int, lives: int) -> str:
    low, high = wilson_interval(found / lives, lives, TWO_SIDED)
    return f"{found} of {lives} ({low:.0%} to {high:.0%})"


def _spread(after: Sequence[float], unit: str) -> str:
    if not after:
        return ""
    return f"; first after {min(after):.0f} / {statistics.median(after):.0f} / {max(after):.0f} {unit}"


def _share(part: float, whole: float) -> str:
    return f" ({part / whole:.0%})" if whole > 0.0 else ""


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
