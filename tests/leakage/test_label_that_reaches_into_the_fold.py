"""Labels that overlap what is judged are caught twice: by their own intervals, and by skill on pure noise."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.xgboost.model_trainer import out_of_fold, scored_by, table_of
from domain.learning.sample_weights import Lifetime
from domain.learning.training_rules import TrainingRules, TreeRules
from domain.learning.walk_forward_folds import Fold, FoldRules, walk_forward_folds
from tests.adapters.xgboost.test_model_trainer import overlapping
from tests.training_samples import STEP_MS

Lifetimes = Sequence[Lifetime]
FoldMaker = Callable[[Lifetimes], Sequence[Fold]]

RULES = FoldRules(folds=15, embargo_ms=STEP_MS, least_train=50)
GREEDY = TrainingRules(trees=TreeRules(trees=5, step=0.5, least_leaf=0.1, leaf_prior=0.1))
SEEDS = range(100, 103)


def purged(lifetimes: Lifetimes) -> Sequence[Fold]:
    return walk_forward_folds(lifetimes, RULES)


def not_purged(lifetimes: Lifetimes) -> Sequence[Fold]:
    """Plant a defect: whatever was decided on before a test is learned from, whether it was over or not."""
    return walk_forward_folds([one._replace(resolved_at_ms=one.decided_at_ms) for one in lifetimes], RULES)


def shuffled(lifetimes: Lifetimes) -> Sequence[Fold]:
    """Plant another: ten folds of samples drawn at random, as for cases that know nothing of each other."""
    places = np.random.default_rng(1).permutation(len(lifetimes)).tolist()
    return [
        Fold(tuple(sorted({*places} - {*places[part::10]})), tuple(sorted(places[part::10])))
        for part in range(10)
    ]


def overlaps(lifetimes: Lifetimes, make: FoldMaker) -> int:
    """Count the samples learned from whose own interval reaches into the embargo before a test, or later."""
    return sum(
        lifetimes[place].resolved_at_ms > lifetimes[fold.test[0]].decided_at_ms - RULES.embargo_ms
        for fold in make(lifetimes)
        for place in fold.train
    )


def share_called_right(make: FoldMaker) -> float:
    """Score noise out of fold and give the share of signs that came true, over all seeds."""
    right = []
    for seed in SEEDS:
        table = table_of(overlapping(seed), sees_context=False)
        folds = make(table.lifetimes)
        scored = scored_by(table, folds, out_of_fold(table, folds, GREEDY, 1).probability)
        right += [(one.score > 0.0) == one.is_won for fold in scored for one in fold]
    return sum(right) / len(right)


lifetimes_of_any_length = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 300)).map(
        lambda drawn: Lifetime(drawn[0] * STEP_MS, (drawn[0] + drawn[1]) * STEP_MS)
    ),
    min_size=100,
    max_size=150,
)


@given(lifetimes_of_any_length)
@settings(max_examples=20)
def test_no_label_that_is_learned_from_reaches_into_what_is_judged(lifetimes: list[Lifetime]) -> None:
    assert overlaps(lifetimes, purged) == 0


@pytest.mark.parametrize("make", [not_purged, shuffled])
def test_folds_that_are_not_purged_are_caught_by_the_labels_intervals(make: FoldMaker) -> None:
    assert overlaps(table_of(overlapping(100), sees_context=False).lifetimes, make) > 0


def test_where_folds_are_purged_noise_with_long_labels_shows_no_skill() -> None:
    assert share_called_right(purged) < 0.58


@pytest.mark.parametrize("make", [not_purged, shuffled])
def test_folds_that_are_not_purged_are_caught_by_skill_on_noise(make: FoldMaker) -> None:
    assert share_called_right(make) > 0.65
