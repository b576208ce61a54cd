"""Learning as a person reads it, on a terminal of a hundred columns."""

import asyncio
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console, Group

from adapters.native.forest import NativeForest
from adapters.terminal.learn_tables import begun_tables, done_tables, status_tables
from adapters.terminal.learning_bench import LearningBegun, LearningTold
from application.bootstrap_learning import Bootstrapped
from application.harvest_summary import HarvestSummary, SetupsSeen
from application.learning_by_hand import Done
from application.learning_status import LearningArchive, LearningStatus, StatusRules
from application.model_hash import named
from domain.learning.champion_gate import GateDecision
from domain.learning.drift import DriftState
from domain.learning.model_history import Happening, ModelHistory, What, history_of
from domain.learning.retrain_rule import RetrainRules
from tests.learning_archives import Archive, a_verdict, grown_model, looked_at, promoted, trained
from tests.training_samples import resolved_samples

MODEL = grown_model()
OTHER, THIRD = (named(replace(MODEL.record, seed=seed), MODEL.heads) for seed in (2, 3))
MODEL_ID = MODEL.record.model_id
WIDTH = 100


def status_of(archive: Archive, rules: StatusRules | None = None) -> LearningStatus:
    reader = LearningArchive(archive.book, archive.registry, NativeForest, rules or StatusRules())
    return asyncio.run(reader.status())


def shown(tables: Group) -> str:
    paper = StringIO()
    Console(file=paper, width=WIDTH).print(tables)
    text = paper.getvalue()
    assert max(map(len, text.splitlines()), default=0) <= WIDTH
    assert "…" not in text
    return text


def a_long_story() -> tuple[Happening, ...]:
    verdict = a_verdict(GateDecision.PROMOTE)
    return (
        trained(MODEL, 1),
        looked_at(MODEL, 2, verdict),
        promoted(MODEL, 2),
        Happening(
            3, What.DRIFTED, MODEL_ID, drift=DriftState.WARNED, reasons=("features: mild drift, 0.12",)
        ),
        trained(OTHER, 4, 2),
        trained(THIRD, 5, 3),
    )


def archive(*happenings: Happening) -> Archive:
    kept = Archive().with_samples(resolved_samples(40, 1.0), 60)
    return kept.with_happenings(*happenings, models=[MODEL, OTHER, THIRD])


def test_an_empty_file_shows_what_will_be_counted() -> None:
    text = shown(status_tables(status_of(Archive())))
    assert "0 seen, 0 taken, 0 not taken" in text
    assert "after 50 more closed trades" in text
    assert "champion" not in text


def test_the_champion_is_shown_with_all_it_says_of_itself() -> None:
    words = " ".join(shown(status_tables(status_of(archive(trained(MODEL, 1), promoted(MODEL, 2))))).split())
    record = MODEL.record
    for told in (
        MODEL_ID,
        f"{record.span.samples} , of which".replace(" ,", ","),
        f"Brier {record.reliability.brier:.4f}",
        f"ECE {record.reliability.calibration_error:.2%}",
        "payoff, realised",
        "steady",
    ):
        assert told in words
    assert "WITHOUT PROOF" not in words
    assert words.count("to ") > len(record.reliability.bins)


def test_a_long_story_fits_on_the_terminal() -> None:
    text = shown(status_tables(status_of(archive(*a_long_story()))))
    assert "challenger on trial" in text
    assert "waiting behind it" in text
    assert THIRD.record.model_id in text
    assert "looked at 1" in text


def test_the_newest_model_is_shown_where_none_is_believed() -> None:
    text = shown(status_tables(status_of(archive(trained(MODEL, 1)))))
    assert "newest model, never believed" in text


@pytest.mark.parametrize(
    ("closed", "rules", "words"),
    [
        (60, StatusRules(), "due now"),
        (10, StatusRules(), "after 40 more closed trades"),
        (60, StatusRules(retrain=RetrainRules(is_enabled=False)), "never: DISABLE_MODEL_TRAINING is set"),
    ],
)
def test_when_the_next_training_is(closed: int, rules: StatusRules, words: str) -> None:
    assert words in shown(status_tables(status_of(Archive().with_samples([], closed), rules)))


def test_what_was_done_is_shown_with_the_seat_after_it() -> None:
    text = shown(done_tables(Done(a_long_story()[:3], history_of(a_long_story()))))
    assert "what happened (UTC)" in text
    assert MODEL_ID in text
    nothing = shown(done_tables(Done((), ModelHistory())))
    assert "what happened" not in nothing
    assert nothing.count("nobody") == 3


def test_what_history_taught_is_shown_before_where_learning_stands() -> None:
    seen = SetupsSeen(300, 250, 200, {}, 0.4, -0.05, 0.07, 120.0)
    none = SetupsSeen(0, 0, 0, {}, None, None, None, 0.0)
    story = a_long_story()
    begun = LearningBegun(
        HarvestSummary(seen, {"BTCUSDT": seen, "ETHUSDT": none}),
        Bootstrapped(
            120, 80, Happening(1, What.NOT_TRAINED, "", reasons=("few",)), (), history_of(story), ("short",)
        ),
        LearningTold(Path("f"), status_of(archive(*story))),
    )
    text = shown(begun_tables(begun))
    assert text.index("setups in history") < text.index("taught") < text.index("champion")
    assert "not trained" in text
    assert "few" in text
    assert "short" in text
