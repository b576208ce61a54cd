from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.sample_weights import Lifetime
from domain.learning.walk_forward_folds import FoldRules, walk_forward_folds

histories = st.lists(
    st.builds(lambda start, length: Lifetime(start, start + length), st.integers(0, 60), st.integers(0, 20)),
    max_size=60,
)
rules = st.builds(
    FoldRules,
    folds=st.integers(1, 6),
    first_train_share=st.floats(0.05, 0.9),
    embargo_ms=st.integers(0, 10),
    longest_train_ms=st.sampled_from([0, 15, 40]),
    least_train=st.integers(1, 5),
)
HISTORY = [Lifetime(10 * place, 10 * place + 15) for place in range(20)]


@given(histories, rules)
def test_nothing_is_learned_that_was_not_over_before_the_test_and_its_embargo(
    history: list[Lifetime], chosen: FoldRules
) -> None:
    for train, test in walk_forward_folds(history, chosen):
        begins_ms = min(history[place].decided_at_ms for place in test)
        assert len(train) >= chosen.least_train
        for place in train:
            assert history[place].resolved_at_ms + chosen.embargo_ms <= begins_ms
            assert history[place].decided_at_ms < begins_ms
            if chosen.longest_train_ms:
                assert history[place].decided_at_ms >= begins_ms - chosen.longest_train_ms


@given(histories, rules)
def test_everything_that_may_be_learned_is(history: list[Lifetime], chosen: FoldRules) -> None:
    for train, test in walk_forward_folds(history, chosen):
        begins_ms = min(history[place].decided_at_ms for place in test)
        from_ms = begins_ms - chosen.longest_train_ms if chosen.longest_train_ms else -1
        may = {
            place
            for place, (decided, resolved) in enumerate(history)
            if resolved + chosen.embargo_ms <= begins_ms and from_ms <= decided < begins_ms
        }
        assert set(train) == may


@given(histories, rules)
def test_tests_follow_each_other_and_no_moment_is_in_two(history: list[Lifetime], chosen: FoldRules) -> None:
    folds = walk_forward_folds(history, chosen)
    moments = [[history[place].decided_at_ms for place in fold.test] for fold in folds]
    for before, following in pairwise(moments):
        assert max(before) < min(following)
    for fold in folds:
        decided = [history[place].decided_at_ms for place in fold.test]
        assert decided == sorted(decided)


def test_a_history_is_cut_into_parts_of_one_size() -> None:
    folds = walk_forward_folds(HISTORY, FoldRules(folds=3, embargo_ms=0, least_train=1))
    assert [fold.test for fold in folds] == [(8, 9, 10, 11), (12, 13, 14, 15), (16, 17, 18, 19)]
    assert [fold.train[-1] for fold in folds] == [6, 10, 14]


def test_an_embargo_and_a_longest_past_take_away_from_both_ends() -> None:
    chosen = FoldRules(folds=1, embargo_ms=20, longest_train_ms=60, least_train=1)
    (fold,) = walk_forward_folds(HISTORY, chosen)
    assert fold.train == (2, 3, 4)


def test_a_label_that_overlaps_the_test_is_purged() -> None:
    long_lived = [Lifetime(0, 10), Lifetime(1, 100), Lifetime(50, 60)]
    (fold,) = walk_forward_folds(
        long_lived, FoldRules(folds=1, first_train_share=0.7, embargo_ms=0, least_train=1)
    )
    assert fold == ((0,), (2,))


def test_a_fold_with_too_little_to_learn_from_is_left_out() -> None:
    assert walk_forward_folds(HISTORY, FoldRules(folds=2, embargo_ms=0, least_train=10)) == (
        walk_forward_folds(HISTORY, FoldRules(folds=2, embargo_ms=0, least_train=1))[1],
    )
    assert walk_forward_folds([], FoldRules()) == ()


def test_samples_of_one_moment_are_never_learned_from_and_tested_on() -> None:
    at_once = [Lifetime(0, 0)] * 10
    assert walk_forward_folds(at_once, FoldRules(embargo_ms=0, least_train=1)) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"folds": 0},
        {"first_train_share": 1.0},
        {"embargo_ms": -1},
        {"longest_train_ms": -1},
        {"least_train": 0},
    ],
)
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        FoldRules(**wrong)
