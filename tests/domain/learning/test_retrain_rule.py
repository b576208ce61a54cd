import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.retrain_rule import RetrainRules, due_training, trades_until_due

RULES = RetrainRules()


@pytest.mark.parametrize(
    ("closed", "last", "due"),
    [(0, 0, None), (49, 0, None), (50, 0, 1), (50, 1, None), (99, 1, None), (100, 1, 2), (237, 1, 4)],
)
def test_a_training_is_due_at_every_fiftieth_closed_trade(closed: int, last: int, due: int | None) -> None:
    assert due_training(closed, last, RULES) == due


def test_training_can_be_switched_off() -> None:
    assert due_training(500, 0, RetrainRules(is_enabled=False)) is None


@given(st.integers(0, 400), st.lists(st.integers(0, 30), max_size=20), st.integers(1, 60))
def test_restarts_neither_lose_nor_repeat_a_training(trades: int, overlaps: list[int], every: int) -> None:
    rules = RetrainRules(every_trades=every)
    told: list[str] = []
    last, trainings = 0, 0
    restarts = {(place + 1) * 17: overlap for place, overlap in enumerate(overlaps)}
    for number in range(1, trades + 1):
        told.append(str(number))
        if number in restarts:
            told += told[-restarts[number] :] if restarts[number] else []
        due = due_training(len(set(told)), last, rules)
        if due is not None:
            last = due
            trainings += 1
    assert trainings == trades // every


@given(st.integers(0, 500), st.integers(0, 12), st.integers(1, 60))
def test_what_is_missing_until_the_next_is_told(closed: int, last: int, every: int) -> None:
    rules = RetrainRules(every_trades=every)
    missing = trades_until_due(closed, last, rules)
    assert (missing == 0) is (due_training(closed, last, rules) is not None)
    assert due_training(closed + missing, last, rules) is not None


def test_less_than_one_trade_is_refused() -> None:
    with pytest.raises(ValueError, match="every_trades is 0"):
        RetrainRules(every_trades=0)
