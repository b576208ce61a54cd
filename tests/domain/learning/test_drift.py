import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.drift import (
    NEXT,
    DriftFigures,
    DriftRules,
    DriftState,
    Finding,
    Foretold,
    Thresholds,
    bet_size,
    calibration_drift,
    hit_rate_drift,
    judge,
)

RULES = DriftRules()
CALM = DriftFigures(0.0, 0.0, 0.0)
cases = st.lists(st.builds(Foretold, st.floats(0.05, 0.95), st.booleans(), st.floats(0.1, 1.0)), max_size=30)


def drawn(seed: int, count: int, stated: float, truth: float) -> list[Foretold]:
    chance = random.Random(seed)
    return [Foretold(stated, chance.random() < truth) for _ in range(count)]


def evidence(held: list[Foretold]) -> float:
    sum_so_far = 0.0
    for one in held:
        sum_so_far = hit_rate_drift(sum_so_far, one, RULES)
    return sum_so_far


def test_the_table_knows_every_finding_in_every_state() -> None:
    assert set(NEXT) == set(DriftState)
    assert all(set(row) == set(Finding) for row in NEXT.values())


@given(st.sampled_from(DriftState), st.sampled_from(Finding), st.sampled_from(Finding))
def test_a_worse_finding_never_leads_to_a_better_state(
    state: DriftState, one: Finding, other: Finding
) -> None:
    findings, states = list(Finding), list(DriftState)
    milder, worse = sorted((one, other), key=findings.index)
    assert states.index(NEXT[state][milder]) <= states.index(NEXT[state][worse])


def test_drift_is_believed_at_once_and_its_end_step_by_step() -> None:
    assert NEXT[DriftState.STEADY][Finding.STRONG] is DriftState.SHRUNK
    assert NEXT[DriftState.SHRUNK][Finding.CALM] is DriftState.WARNED
    assert NEXT[DriftState.WARNED][Finding.CALM] is DriftState.STEADY


@given(st.sampled_from(Finding))
def test_only_a_promotion_undoes_a_demotion(finding: Finding) -> None:
    assert NEXT[DriftState.DEMOTED][finding] is DriftState.DEMOTED


def test_what_is_calm_needs_no_words() -> None:
    assert judge(DriftState.STEADY, CALM, RULES) == (DriftState.STEADY, Finding.CALM, ())


@pytest.mark.parametrize(
    ("figures", "state", "reason"),
    [
        (CALM._replace(feature=0.5), DriftState.WARNED, "feature: mild drift, 0.50"),
        (
            CALM._replace(feature=0.6, moved="order_flow"),
            DriftState.WARNED,
            "feature order_flow: mild drift, 0.60",
        ),
        (CALM._replace(calibration=3.2), DriftState.SHRUNK, "calibration: strong drift, 3.20"),
        (CALM._replace(hit_rate=7.0), DriftState.DEMOTED, "hit rate: severe drift, 7.00"),
    ],
)
def test_any_of_the_three_may_drift(figures: DriftFigures, state: DriftState, reason: str) -> None:
    verdict = judge(DriftState.STEADY, figures, RULES)
    assert (verdict.state, verdict.reasons) == (state, (reason,))


def test_the_worst_figure_counts_and_every_one_is_told() -> None:
    verdict = judge(DriftState.STEADY, DriftFigures(1.3, 2.0, 7.0), RULES)
    assert (verdict.state, verdict.finding, len(verdict.reasons)) == (DriftState.DEMOTED, Finding.SEVERE, 3)


def test_a_shrunk_model_bets_half_and_a_demoted_one_nothing() -> None:
    assert [bet_size(state, RULES) for state in DriftState] == [1.0, 1.0, 0.5, 0.0]


def test_calibration_drift_counts_missing_wins_in_standard_errors() -> None:
    assert calibration_drift([Foretold(0.5, is_won=False)] * 4) == 2.0
    assert calibration_drift([Foretold(0.5, is_won=True)] * 4) == -2.0
    assert calibration_drift([]) == 0.0


def test_cases_that_overlap_count_as_the_fewer_that_they_are() -> None:
    assert calibration_drift([Foretold(0.5, is_won=False, uniqueness=0.25)] * 16) == 2.0


def test_honest_forecasts_rarely_look_drifted_and_false_ones_do() -> None:
    honest = [calibration_drift(drawn(seed, 100, 0.55, 0.55)) for seed in range(200)]
    false = [calibration_drift(drawn(seed, 100, 0.55, 0.35)) for seed in range(200)]
    assert sum(figure >= RULES.calibration.mild for figure in honest) <= 12
    assert sum(figure >= RULES.calibration.strong for figure in false) >= 150


def test_evidence_grows_with_losses_and_falls_with_wins() -> None:
    grown = hit_rate_drift(0.0, Foretold(0.6, is_won=False), RULES)
    assert grown > 0.0
    assert hit_rate_drift(grown, Foretold(0.6, is_won=True), RULES) < grown
    assert hit_rate_drift(0.0, Foretold(0.6, is_won=True), RULES) == 0.0
    assert hit_rate_drift(0.0, Foretold(0.6, is_won=False, uniqueness=0.5), RULES) == pytest.approx(grown / 2)


def test_a_known_step_of_the_evidence() -> None:
    rarer = 1.0 / (1.0 + math.exp(0.5))
    assert hit_rate_drift(1.0, Foretold(0.5, is_won=False), RULES) == pytest.approx(
        1.0 + math.log((1.0 - rarer) / 0.5)
    )


@given(cases)
def test_evidence_is_never_below_nothing(held: list[Foretold]) -> None:
    assert evidence(held) >= 0.0
    assert math.isfinite(calibration_drift(held))


def test_wins_that_became_rarer_are_found_within_weeks() -> None:
    found = [evidence(drawn(seed, 150, 0.55, 0.35)) >= RULES.hit_rate.severe for seed in range(100)]
    assert sum(found) >= 90


@pytest.mark.parametrize(
    "wrong", [Thresholds(0.0, 1.0, 2.0), Thresholds(2.0, 1.0, 3.0), Thresholds(1, 2, math.inf)]
)
@pytest.mark.parametrize("name", ["feature", "calibration", "hit_rate"])
def test_thresholds_that_fall_are_refused(name: str, wrong: Thresholds) -> None:
    with pytest.raises(ValueError, match=f"{name} thresholds are"):
        DriftRules(**{name: wrong})  # type: ignore[arg-type]  # the names are of thresholds


@pytest.mark.parametrize("wrong", [{"hit_rate_shift": 0.0}, {"shrunk_size": 1.5}])
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DriftRules(**wrong)  # type: ignore[arg-type]  # these are the plain numbers
