import random
from dataclasses import replace

import pytest

from domain.learning.block_bootstrap import BootstrapRules
from domain.learning.champion_gate import (
    GateDecision,
    GateRules,
    GateTest,
    GateVerdict,
    RecordLength,
    ShadowScore,
    missing_from,
    record_length,
    review,
)
from domain.market.timeframe import DAY_MS, HOUR_MS
from tests.learning_samples import SeededChance

RULES = GateRules(bootstrap=BootstrapRules(least_resamples=200, most_resamples=1_000))
LEARNED_MS = -1


def a_record(
    days: int = 60,
    *,
    knows: float = 0.3,
    context_knows: float = 0.0,
    champion_knows: float = 0.0,
    pays: float = 0.0,
) -> list[ShadowScore]:
    """Six samples a day that win half the time or more; each model knows so much of how."""
    chance = random.Random(1)
    record = []
    for at_ms in range(0, days * DAY_MS, 4 * HOUR_MS):
        tilt = chance.choice((-1.0, 1.0))
        is_won = chance.random() < 0.5 + 0.35 * tilt
        record.append(
            ShadowScore(
                decided_at_ms=at_ms,
                resolved_at_ms=at_ms + HOUR_MS,
                is_won=is_won,
                net_r=(1.0 if is_won else -1.0) + pays,
                challenger=0.5 + knows * tilt,
                champion=0.5 + champion_knows * tilt,
                context_only=0.5 + context_knows * tilt,
                would_take=tilt > 0,
            )
        )
    return record


def reviewed(record: list[ShadowScore], attempt: int = 1, rules: GateRules = RULES) -> GateVerdict:
    return review(record, LEARNED_MS, attempt, SeededChance(7), rules)


def failed(verdict: GateVerdict) -> set[GateTest]:
    return {part.test for part in verdict.parts if not part.is_passed}


def test_who_knows_more_than_everyone_and_makes_money_is_promoted() -> None:
    verdict = reviewed(a_record())
    assert verdict.decision is GateDecision.PROMOTE
    assert failed(verdict) == set()
    assert [part.test for part in verdict.parts] == list(GateTest)
    assert verdict.samples == 360
    assert verdict.effective_size == pytest.approx(360.0)
    assert verdict.alpha == pytest.approx(0.0304, abs=1e-4)


def test_who_knows_only_what_the_context_tells_is_refused() -> None:
    verdict = reviewed(a_record(context_knows=0.3))
    assert verdict.decision is GateDecision.REFUSE
    assert failed(verdict) == {GateTest.LOG_LOSS_OF_CONTEXT, GateTest.BRIER_OF_CONTEXT}


def test_who_knows_no_more_than_the_champion_is_refused() -> None:
    verdict = reviewed(a_record(champion_knows=0.34))
    assert verdict.decision is GateDecision.REFUSE
    assert failed(verdict) == {GateTest.LOG_LOSS_OF_CHAMPION, GateTest.BRIER_OF_CHAMPION}


def test_who_foretells_well_but_would_lose_money_is_refused() -> None:
    verdict = reviewed(a_record(pays=-0.8))
    assert verdict.decision is GateDecision.REFUSE
    assert failed(verdict) == {GateTest.NET_R}
    assert verdict.reasons[-1].startswith("net R of the trades it would take above zero: not shown; -")


def test_later_attempts_must_be_surer() -> None:
    late = reviewed(a_record(), attempt=40)
    assert late.alpha < reviewed(a_record()).alpha / 1_000
    assert late.decision is GateDecision.REFUSE


def test_reasons_tell_every_figure() -> None:
    verdict = reviewed(a_record())
    assert len(verdict.reasons) == 5
    assert verdict.reasons[0].startswith("log loss below the champion's: yes; +0.")
    assert verdict.reasons[0].endswith("of at most 0.0304")


def test_a_record_that_is_too_short_uses_no_attempt_up() -> None:
    verdict = reviewed(a_record(days=10))
    assert verdict.decision is GateDecision.TOO_EARLY
    assert verdict.parts == ()
    assert verdict.reasons == (
        "the record is worth 60.0 independent samples of 100",
        f"it would have taken {verdict.trades} trades of 30",
        "the record is 9.8 blocks long of 20",
    )


def test_the_length_of_a_record_is_what_the_verdict_says() -> None:
    record = a_record(days=10)
    length, verdict = record_length(record, RULES), reviewed(record)
    assert (length.effective_size, length.trades) == (verdict.effective_size, verdict.trades)
    assert length.blocks == pytest.approx(59 / 6)
    assert missing_from(length, RULES) == verdict.reasons
    assert missing_from(RecordLength(100.0, 30, 20.0), RULES) == ()


def test_a_record_of_nothing_is_too_early() -> None:
    assert record_length([], RULES) == RecordLength(0.0, 0, 0.0)
    assert reviewed([]).decision is GateDecision.TOO_EARLY


def test_samples_that_overlap_are_not_so_many() -> None:
    crowded = [score._replace(resolved_at_ms=score.decided_at_ms + 100 * DAY_MS) for score in a_record()]
    verdict = reviewed(crowded)
    assert verdict.decision is GateDecision.TOO_EARLY
    assert len(verdict.reasons) == 1


def test_who_would_trade_nothing_has_shown_nothing() -> None:
    idle = [score._replace(would_take=False) for score in a_record()]
    assert reviewed(idle).reasons == ("it would have taken 0 trades of 30",)


def test_a_record_that_was_learned_from_proves_nothing() -> None:
    with pytest.raises(ValueError, match="1 scores were decided on before learning ended at 0"):
        review(a_record(), 0, 1, SeededChance(7), RULES)


def test_the_same_seed_says_the_same() -> None:
    assert reviewed(a_record()) == reviewed(a_record())


@pytest.mark.parametrize(
    "wrong", [{"total_alpha": 0.6}, {"least_effective_size": 0}, {"least_trades": 1}, {"least_blocks": 1}]
)
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        replace(RULES, **wrong)  # type: ignore[arg-type]  # each is what its field holds
