"""What a walk forward costs, step by step, over a year of real one-minute candles with twenty trainings.

`python -m benchmarks.walk_forward` takes BTCUSDT's 2022 from the folder that SLT_MARKET_DATA names; files of
one or several symbols may be named instead. One line a stage: wall and processor seconds. The report is the
same as that of `slt walk-forward`, whose verdict is the last line.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import composition.engines
import composition.walk_forward
from adapters.settings.settings_loader import load_settings
from adapters.system.seeded_chance import SeededChance
from adapters.terminal.walk_forward_bench import WalkOptions
from adapters.terminal.workbench import TapeOptions
from application.walk_forward_report import report_on
from application.walk_forward_trials import SeatTrials
from domain.learning.outcome import LabelledSample

MARKET_DATA: Final = "SLT_MARKET_DATA"
A_YEAR: Final = "spot/BTCUSDT-1m-20220101-20221231.parquet"
SEED: Final = 1

Result = TypeVar("Result")


def main() -> int:
    parser = argparse.ArgumentParser(description="Walk forward, and tell what each stage took.")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--trainings", type=int, default=20)
    asked = parser.parse_args()
    if not asked.files and MARKET_DATA not in os.environ:
        sys.exit(f"name files, or set {MARKET_DATA} to the folder of real candles")
    files = asked.files or [str(Path(os.environ[MARKET_DATA], A_YEAR))]
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    headline = walked(files, asked.trainings)
    tell("all of it", time.perf_counter() - began_s, time.process_time() - began_cpu_s)
    sys.stdout.write(f"{headline}\n")
    return 0


def walked(files: list[str], trainings: int) -> str:
    """Walk through tapes, and give the verdict's headline."""
    settings = load_settings({})
    history = composition.walk_forward.history_on(TapeOptions(files), settings, lambda tape: tape)
    bars = sum(tape.length for tape in history.tapes)
    samples, setups = timed("find the setups", history.setups)
    rules = composition.walk_forward.walk_rules(settings, WalkOptions(pace_ms(samples, trainings), seed=SEED))
    steps = timed("train and judge", lambda: list(composition.walk_forward.walked(samples, rules)))
    sys.stdout.write(f"{bars:,} bars, {len(samples):,} setups, {len(steps)} trainings\n")
    trials = SeatTrials(samples, composition.engines.compiled_forest, rules, SeededChance(SEED))
    held = timed("try the challengers", lambda: trials.history(steps))
    judged = [one.labelled.sample for step in steps for one in step.judged]
    at_random = timed("enter at random", lambda: history.random_trades(judged, SEED))
    traded = timed("trade", lambda: list(composition.walk_forward.traded_ways(history, steps, held, SEED)))
    least = rules.trial.gate.least_effective_size
    chance = SeededChance(SEED)
    report = timed("sum up", lambda: report_on(SEED, setups, steps, at_random, held, traded, chance, least))
    return report.verdict.headline


def pace_ms(samples: list[LabelledSample], trainings: int) -> int:
    """Tell how far apart so many trainings are."""
    decided = [one.sample.decided_at_ms for one in samples]
    return (max(decided) - min(decided)) // (trainings + 1) + 1


def timed(stage: str, work: Callable[[], Result]) -> Result:
    """Do a stage, and tell what it took."""
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    result = work()
    tell(stage, time.perf_counter() - began_s, time.process_time() - began_cpu_s)
    return result


def tell(stage: str, wall_s: float, cpu_s: float) -> None:
    sys.stdout.write(f"{stage:20} {wall_s:7.1f} s wall {cpu_s:7.1f} s CPU\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
