"""What a training or a review costs the loop that trades meanwhile, and what it costs at all.

`python -m benchmarks.training --samples 10000 --record 5000`: a loop that wants to wake every millisecond,
first beside a niced process that does nothing but spin, then beside a niced one that trains, then beside one
that holds a challenger to a record of so many samples, in the eighth attempt. The first says what of the
lag is the machine's, two programs on its processors; the rest is ours. One line each: lag of the loop,
processor time that the loop's own thread took between two wakings, and what the process used.
"""

import argparse
import asyncio
import gc
import resource
import sys
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from adapters.native.forest import NativeForest
from adapters.system.seeded_chance import SeededChance
from adapters.xgboost.review_process import ReviewProcess
from adapters.xgboost.training_process import TrainingProcess
from application.ports.model_reviewer import LookedAt, ReviewOrder
from application.ports.model_trainer import TrainingOrder
from benchmarks.live_desk import LOOPS, runner_on
from domain.learning.calibration import CalibrationRules
from domain.learning.trained_model import TrainedModel
from domain.learning.trial import TrialRules
from tests.training_samples import an_order, resolved_samples

Result = TypeVar("Result")

WAKE_S: Final = 0.001
ROUNDS: Final = 3
LEARNED: Final = 2_000
ATTEMPT: Final = 8
SPIN: Final = "import os\nos.nice(10)\nwhile True: pass"


@dataclass(slots=True)
class Wakings:
    """How late the loop woke, and how long its thread was at work in between."""

    late_s: list[float] = field(default_factory=list)
    at_work_s: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return f"late {_milliseconds(self.late_s)}, at work {_milliseconds(self.at_work_s)}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Train beside a loop that wants to wake in time.")
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--record", type=int, default=5_000)
    parser.add_argument("--loop", choices=LOOPS, default=LOOPS[-1])
    asked = parser.parse_args()
    order = an_order(resolved_samples(asked.samples, edge=0.3))
    with runner_on(asked.loop) as runner:
        examination = runner.run(an_examination(asked.record))
        gc.collect()
        gc.freeze()
        sys.stdout.write(f"{asked.samples} samples on {asked.loop}; milliseconds as p50 / p99 / most\n")
        for _ in range(ROUNDS):
            sys.stdout.write(f"spinning:  {runner.run(beside_one_that_spins())}\n")
            sys.stdout.write(f"training:  {runner.run(beside_one_that_trains(order))}\n")
            sys.stdout.write(f"reviewing: {runner.run(beside_one_that_reviews(examination))}\n")
            sys.stdout.flush()
    return 0


async def an_examination(record: int) -> ReviewOrder:
    samples = resolved_samples(LEARNED + record, edge=0.5)
    grown = await TrainingProcess().train(an_order(samples[:LEARNED]))
    if not isinstance(grown, TrainedModel):
        raise TypeError(grown.detail)
    return ReviewOrder(samples, grown, grown, 0, ATTEMPT, TrialRules(), CalibrationRules(), seed=7)


async def beside_one_that_spins() -> Wakings:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", SPIN)
    try:
        return await wakings_until(asyncio.ensure_future(asyncio.sleep(3.0)))
    finally:
        child.kill()
        await child.wait()


async def beside_one_that_trains(order: TrainingOrder) -> str:
    told, model = await beside(TrainingProcess().train(order))
    return f"{told}; {model.record.model_id if isinstance(model, TrainedModel) else model.detail}"


async def beside_one_that_reviews(order: ReviewOrder) -> str:
    told, answer = await beside(ReviewProcess(NativeForest, SeededChance).review(order))
    return f"{told}; {answer.verdict.decision if isinstance(answer, LookedAt) else answer}"


async def beside(work: Coroutine[Any, Any, Result]) -> tuple[str, Result]:
    before, began_s = _children_cpu_s(), time.perf_counter()
    doing = asyncio.ensure_future(work)
    wakings = await wakings_until(doing)
    took_s, cpu_s = time.perf_counter() - began_s, _children_cpu_s() - before
    own_mb, most_mb = (_peak_mb(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    used = f"{took_s:.1f} s, {cpu_s:.2f} CPU-s; at most {own_mb:.0f} MB here, {most_mb:.0f} MB in any process"
    return f"{wakings}; {used}", doing.result()


async def wakings_until(done: asyncio.Future[Any]) -> Wakings:
    wakings = Wakings()
    while not done.done():
        due_s, worked_s = time.perf_counter() + WAKE_S, time.thread_time()
        await asyncio.sleep(WAKE_S)
        wakings.late_s.append(time.perf_counter() - due_s)
        wakings.at_work_s.append(time.thread_time() - worked_s)
    return wakings


def _peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _milliseconds(seconds: list[float]) -> str:
    ranked = sorted(seconds)
    p50, p99 = ranked[len(ranked) // 2], ranked[int(len(ranked) * 0.99)]
    return f"{p50 * 1e3:.2f} / {p99 * 1e3:.2f} / {ranked[-1] * 1e3:.2f}"


if __name__ == "__main__":
    sys.exit(main())
