"""Reviews in a process of their own: the loop goes on, whatever becomes of that process."""

import asyncio
import sys

import pytest

from adapters.native.forest import NativeForest
from adapters.system.seeded_chance import SeededChance
from adapters.xgboost.review_process import ReviewProcess
from application.ports.model_reviewer import ReviewFailed, ReviewOrder
from domain.learning.calibration import CalibrationRules
from domain.learning.trial import TrialRules
from tests.model_samples import a_model, another_model
from tests.training_samples import resolved_samples

DAMAGED = ReviewOrder(
    resolved_samples(50, edge=0.0), a_model(), None, 0, 1, TrialRules(), CalibrationRules(), seed=7
)
COUNTS_SAMPLES = (
    "import sys; from adapters.xgboost.learning_child import _task_from;"
    " task, samples = _task_from(sys.stdin.buffer); print(len(samples), 'samples')"
)
LOOKS_FOR_XGBOOST = (
    "import sys; from adapters.xgboost.learning_child import _task_from;"
    " _task_from(sys.stdin.buffer); print('xgboost' in sys.modules)"
)
GIVES_A_LIST = (
    "import sys, pickle; sys.stdin.buffer.read(); said = pickle.dumps([]);"
    " sys.stdout.buffer.write(said + len(said).to_bytes(8))"
)


def failure_of(*program: str, longest_s: float = 20.0, order: ReviewOrder = DAMAGED) -> str:
    reviewer = (
        ReviewProcess(NativeForest, SeededChance, longest_s, (sys.executable, "-c", *program))
        if program
        else ReviewProcess(NativeForest, SeededChance)
    )
    with pytest.raises(ReviewFailed) as failed:
        asyncio.run(reviewer.review(order))
    return str(failed.value)


def test_a_damaged_model_is_told_as_such() -> None:
    assert "ended with 1: adapters.native.forest.ModelRefused" in failure_of()


def test_a_process_that_breaks_off_is_told_as_such() -> None:
    said = failure_of("import sys; sys.stdin.buffer.read(9); print('out of memory'); sys.exit(3)")
    assert said == "the learning process ended with 3: out of memory"


def test_a_process_that_answers_something_else_is_told_as_such() -> None:
    assert failure_of(GIVES_A_LIST) == "the learning process gave a list"


def test_a_process_that_hangs_is_given_up() -> None:
    assert failure_of("import time; time.sleep(60)", longest_s=0.5) == "no review within 0.5 s"


def test_only_what_nobody_has_learned_from_goes_over_the_pipe() -> None:
    learned_ms = DAMAGED.samples[19].sample.decided_at_ms
    challenger, champion = a_model(trained_at_ms=learned_ms - 1), another_model(2)
    order = DAMAGED._replace(challenger=challenger, champion=champion)
    assert failure_of(COUNTS_SAMPLES, order=order).endswith("31 samples")
    later = a_model(trained_at_ms=learned_ms)
    assert failure_of(COUNTS_SAMPLES, order=order._replace(champion=later)).endswith("30 samples")


def test_a_review_needs_no_xgboost() -> None:
    assert failure_of(LOOKS_FOR_XGBOOST).endswith("False")
