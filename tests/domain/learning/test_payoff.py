import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.payoff import Ended, PayoffRules, Payoffs, payoffs_of
from domain.setup.setup import SetupKind

BLOCK, GAP = SetupKind.ORDER_BLOCK_RETURN, SetupKind.GAP_RETURN
RULES = PayoffRules(pooled_size=2.0)


def _hundredths(count: int) -> float:
    return count / 100


ended = st.lists(
    st.builds(
        Ended,
        st.sampled_from(SetupKind),
        st.integers(-300, 500).map(_hundredths),
        st.integers(10, 300).map(_hundredths),
    ),
    max_size=30,
)


def test_payoff_is_the_mean_net_win_over_the_mean_net_loss() -> None:
    found = payoffs_of([Ended(GAP, 1.5), Ended(GAP, 2.5), Ended(GAP, -1.0), Ended(GAP, -0.5)], RULES)
    assert found is not None
    assert found.pooled == pytest.approx(2.0 / 0.75)
    assert found.of(GAP) == pytest.approx(found.pooled)


def test_a_kind_that_was_never_seen_pays_as_all_do() -> None:
    found = payoffs_of([Ended(GAP, 1.5), Ended(GAP, -1.0)], RULES)
    assert found is not None
    assert found.by_kind == ((GAP, 1.5),)
    assert found.of(BLOCK) == 1.5


def test_a_kind_is_mixed_with_all_of_them() -> None:
    held = [Ended(GAP, 1.0), Ended(GAP, -1.0), Ended(BLOCK, 3.0), Ended(BLOCK, -1.0)]
    found = payoffs_of(held, RULES)
    assert found is not None
    assert found.pooled == 2.0
    assert found.of(GAP) == pytest.approx((1.0 + 2 * 2.0) / 3)
    assert found.of(BLOCK) == pytest.approx((3.0 + 2 * 2.0) / 3)


def test_weights_count() -> None:
    found = payoffs_of([Ended(GAP, 1.0, 3.0), Ended(GAP, 2.0, 1.0), Ended(GAP, -1.0)], RULES)
    assert found is not None
    assert found.pooled == 1.25


def test_a_result_of_nothing_is_a_loss_of_nothing() -> None:
    found = payoffs_of([Ended(GAP, 1.0), Ended(GAP, -1.0), Ended(GAP, 0.0)], RULES)
    assert found is not None
    assert found.pooled == 2.0


@pytest.mark.parametrize(
    "held", [[], [Ended(GAP, 1.0)], [Ended(GAP, -1.0)], [Ended(GAP, 1.0), Ended(GAP, 0.0)]]
)
def test_without_wins_and_losses_there_is_no_payoff(held: list[Ended]) -> None:
    assert payoffs_of(held, RULES) is None


@given(ended)
def test_a_kind_alone_keeps_its_own_payoff_and_others_lie_between_it_and_all(held: list[Ended]) -> None:
    found = payoffs_of(held, RULES)
    if found is None:
        return
    for kind, payoff in found.by_kind:
        own = payoffs_of([one for one in held if one.kind is kind], RULES)
        assert payoff > 0.0
        if own is not None and len(found.by_kind) == 1:
            assert payoff == pytest.approx(own.pooled)


@given(ended)
def test_with_the_share_of_wins_it_tells_whether_trades_paid(held: list[Ended]) -> None:
    found = payoffs_of(held, RULES)
    if found is None:
        return
    total = sum(one.weight for one in held)
    p = sum(one.weight for one in held if one.net_r > 0) / total
    mean_loss = sum(-one.weight * one.net_r for one in held if one.net_r <= 0) / (total * (1 - p))
    mean = sum(one.weight * one.net_r for one in held) / total
    assert (p * found.pooled - (1 - p)) * mean_loss == pytest.approx(mean, abs=1e-9)


def test_payoffs_are_looked_up_by_kind() -> None:
    assert Payoffs(1.0, ((GAP, 0.5),)).of(GAP) == 0.5


def test_a_pool_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="pooled_size is 0"):
        PayoffRules(pooled_size=0)
