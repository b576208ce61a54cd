"""How often noise is promoted: whole runs of learning on markets without anything to find.

`python -m benchmarks.noise_promotions --keep FOLDER`: generated noise, and real candles with the signs of
their returns tossed where SLT_MARKET_DATA names some. Samples are kept in FOLDER and made once.

Each market is judged twice. As charged: the product's own costs and caution. Free and bold: costs are given
back, so that trades neither win nor lose on average, and models bet on their plain probability instead of its
lower bound; then challengers do find trades to take, and only the gate stands between them and the seat.
Played on every single tape of sixty days, and free and bold on chains of three of them, drawn for each of
`--chains` seeds.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from benchmarks.noise_tapes import chained, generated_noise, market_data, real_noise, without_costs
from benchmarks.trial_runs import GATE, LAST_TRADES, WHOLE_RECORD, Followed, RunResult, TrialRun
from domain.learning.calibration import CalibrationRules
from domain.learning.champion_gate import GateTest
from domain.learning.confidence_bound import wilson_interval
from domain.learning.outcome import LabelledSample

TapeMaker = Callable[[int], list[LabelledSample]]
CHAIN: Final = 3
SURE_Z: Final = CalibrationRules().bound_z
PLAIN_Z: Final = 0.0
TWO_SIDED: Final = 1.96


class Play(NamedTuple):
    """How a market is played."""

    name: str
    is_free_and_bold: bool
    is_chained: bool


PLAYS: Final = (
    Play("as charged, one tape", is_free_and_bold=False, is_chained=False),
    Play("free and bold, one tape", is_free_and_bold=True, is_chained=False),
    Play("free and bold, three tapes", is_free_and_bold=True, is_chained=True),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Count how often noise is promoted.")
    parser.add_argument("--keep", type=Path, required=True, help="folder in which samples are kept")
    parser.add_argument("--tapes", type=int, default=200)
    parser.add_argument("--chains", type=int, default=200)
    asked = parser.parse_args()
    asked.keep.mkdir(parents=True, exist_ok=True)
    for play in PLAYS:
        for name, tape_of in markets(asked.keep).items():
            began_s = time.process_time()
            runs = asked.chains if play.is_chained else asked.tapes
            results = [played(tape_of, asked.tapes, seed, play) for seed in range(1, runs + 1)]
            tell(f"{name}, {play.name}", results, time.process_time() - began_s)
    return 0


def markets(kept_in: Path) -> dict[str, TapeMaker]:
    """Name the markets that can be had, and who makes a seed's samples."""
    made: dict[str, TapeMaker] = {"generated noise": lambda seed: generated_noise(seed, kept_in)}
    folder = market_data()
    if folder is not None:
        made["real candles, signs tossed"] = lambda seed: real_noise(seed, kept_in, folder)
    return made


def played(tape_of: TapeMaker, tapes: int, seed: int, play: Play) -> RunResult:
    """Play a run; a chain of tapes is drawn by the seed, a single tape is the seed's own."""
    drawn = [seed]
    if play.is_chained:
        drawn = (np.random.default_rng([seed, 2]).choice(tapes, CHAIN, replace=False) + 1).tolist()
    samples = chained([tape_of(tape) for tape in drawn])
    if play.is_free_and_bold:
        return TrialRun(without_costs(samples), seed, PLAIN_Z).play()
    return TrialRun(samples, seed, SURE_Z).play()


def tell(name: str, results: Sequence[RunResult], cpu_s: float) -> None:
    verdicts = [verdict for one in results for verdict in one.verdicts]
    looked = sum(bool(one.verdicts) for one in results)
    say(f"{name}: {len(results)} runs, {cpu_s:.0f} CPU-s")
    unfit, trials, given_up = (
        sum(column)
        for column in zip(*((one.unfit, one.trials, one.given_up) for one in results), strict=True)
    )
    say(f"  {unfit} unfit for a trial, {trials} trials, {given_up} given up")
    promotions = sum(one.promotions for one in results)
    say(f"  {len(verdicts)} looks, in {looked} of the runs; {promotions} promotions")
    for test in GateTest:
        parts = [part for verdict in verdicts for part in verdict.parts if part.test is test]
        say(f"    {test}: passed in {sum(part.is_passed for part in parts)} looks")
    say(f"    chances given to the looks, summed: {sum(verdict.alpha for verdict in verdicts):.2f}")
    for gate in (GATE, LAST_TRADES, WHOLE_RECORD):
        tell_gate(gate, [one.followed[gate] for one in results if gate in one.followed], len(results))


def tell_gate(gate: str, followed: Sequence[Followed], runs: int) -> None:
    """Tell in how many runs a gate let somebody through, and what it gave to follow the first."""
    low, high = wilson_interval(len(followed) / runs, runs, TWO_SIDED)
    say(f"  {gate}: promotes in {len(followed)} of {runs} runs ({low:.1%} to {high:.1%})")
    trades = sum(one.trades for one in followed)
    if trades:
        net_r, cost_r = (total([column[i] for column in followed]) / trades for i in (1, 2))
        say(f"    whoever follows: {trades} trades, {net_r:+.3f} R each; costs were {cost_r:.3f} R")


def total(values: Iterable[float]) -> float:
    return float(sum(values))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
