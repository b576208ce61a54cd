"""What the page on learning says, and what it never says."""

import asyncio
from functools import cache

from adapters.native.forest import NativeForest
from adapters.plotly.html_page import html_of
from adapters.xgboost.contributions import XGBoostContributions
from application.learning_cycle import LearningRules
from application.learning_evidence import EvidenceSearch, LearningEvidence
from application.learning_report import learning_page
from application.learning_status import LearningArchive, StatusRules
from application.ports.model_trainer import TrainingOrder
from application.report_charts import LineChart
from application.report_page import Mood, Page, Section, Table, Words
from domain.learning.champion_gate import GateDecision
from domain.learning.drift import DriftState
from domain.learning.model_history import Happening, What
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel
from tests.learning_archives import Archive, a_verdict, grown_model, looked_at, promoted, trained
from tests.learning_samples import SeededChance
from tests.report_pages import PrintedPage
from tests.training_samples import STEP_MS, resolved_samples


class AlwaysTheSame:
    """Gives one model, whatever it is to learn from."""

    async def train(self, _order: TrainingOrder) -> TrainedModel:
        return grown_model()


@cache
def later(edge: float, count: int = 120) -> tuple[LabelledSample, ...]:
    """Give the samples that come after the model has learned from the first 500."""
    return resolved_samples(500 + count, edge)


def evidence(archive: Archive) -> LearningEvidence:
    rules = LearningRules()
    reader = LearningArchive(archive.book, archive.registry, NativeForest, StatusRules())
    search = EvidenceSearch(
        archive.book, archive.registry, AlwaysTheSame(), NativeForest, XGBoostContributions(), rules
    )

    async def gathered() -> LearningEvidence:
        return await search.gather(await reader.status(), SeededChance(2))

    return asyncio.run(gathered())


def learned(*happenings: Happening, edge: float = 1.0, count: int = 120) -> Archive:
    archive = Archive().with_samples(later(edge, count))
    model = grown_model()
    return archive.with_happenings(trained(model, trained_ms()), *happenings, models=[model])


def trained_ms() -> int:
    return grown_model().record.trained_at_ms


def seated(at_ms: int, what: What = What.PROMOTED) -> Happening:
    return Happening(at_ms, what, grown_model().record.model_id)


def section(page: Page, title: str) -> Section:
    return next(one for one in page.sections if one.title == title)


def table_of(part: Section, place: int = 0) -> Table:
    return [one for one in part.parts if isinstance(one, Table)][place]


def test_where_nothing_was_learned_the_page_says_so_and_nothing_else() -> None:
    page = learning_page(evidence(Archive()))
    assert page.lead[0].text.startswith("No model has learned anything yet")
    assert page.lead[0].mood is Mood.BAD
    assert page.sections == []


def test_the_verdict_comes_first_and_a_good_look_alone_is_no_good_news() -> None:
    page = learning_page(evidence(learned()))
    assert page.lead[0].text.startswith("No model has proven itself")
    assert page.lead[0].mood is Mood.BAD
    assert "is not believed. After it had learned: it would have taken" in page.lead[1].text
    assert [one.title for one in page.sections] == [
        "Does what it says come true?",
        "With the model and without it",
        "Would more samples help?",
        "What does it look at?",
        "Trials and promotions",
    ]


def test_a_champion_that_earns_since_it_sits_is_good_news() -> None:
    told = evidence(learned(seated(trained_ms() + 1)))
    page = learning_page(told)
    assert page.lead[0].mood is Mood.GOOD
    assert "Since champion" in page.lead[1].text
    drift = section(page, "Has it drifted?")
    assert [row[2:] for row in table_of(drift).rows][1] == ("2", "3", "4")


def test_what_it_was_promoted_by_does_not_count_again() -> None:
    late = trained_ms() + 110 * STEP_MS
    told = evidence(learned(seated(late)))
    assert learning_page(told).lead[0].mood is Mood.DOUBTFUL
    assert "too few to say anything" in learning_page(told).lead[1].text
    words = section(learning_page(told), "With the model and without it").parts[0]
    assert isinstance(words, Words)
    assert "proves nothing a second time" in words.text


def test_a_champion_by_hand_is_never_good_news() -> None:
    page = learning_page(evidence(learned(seated(trained_ms() + 1, What.SEATED_BY_HAND))))
    assert page.lead[0].mood is Mood.BAD
    assert "seated by hand, without proof" in page.lead[0].text


def test_a_champion_that_drifts_is_doubtful_however_it_earns() -> None:
    drifted = Happening(
        trained_ms() + 2, What.DRIFTED, grown_model().record.model_id, drift=DriftState.WARNED
    )
    page = learning_page(evidence(learned(seated(trained_ms() + 1), drifted)))
    assert page.lead[0].mood is Mood.DOUBTFUL


def test_no_setup_that_it_had_learned_from_is_in_what_it_would_have_earned() -> None:
    told = evidence(learned())
    assert told.model is not None
    assert min(one.decided_at_ms for one in told.model.unseen.scores) > trained_ms()
    assert told.model.unseen.on_trial.setups < 121
    chart = next(
        one
        for one in section(learning_page(told), "With the model and without it").parts
        if isinstance(one, LineChart)
    )
    assert min(chart.lines[0].xs) > trained_ms()


def test_the_skill_of_noise_is_told_as_none() -> None:
    samples = resolved_samples(500, 0.0)
    model = grown_model(edge=0.0)
    archive = Archive().with_samples(samples).with_happenings(trained(model), models=[model])
    words = section(learning_page(evidence(archive)), "Does what it says come true?").parts[0]
    assert isinstance(words, Words)
    told = model.record.reliability
    expected = "knew less than whoever" if told.brier_skill <= 0.0 else "only the gate says"
    assert expected in words.text


def test_every_verdict_is_told_part_by_part() -> None:
    verdict = a_verdict(GateDecision.PROMOTE)
    model = grown_model()
    story = learned(looked_at(model, trained_ms() + 1, verdict), promoted(model, trained_ms() + 1))
    page = learning_page(evidence(story), ["It is made up."], ["Made by hand."])
    assert page.lead[-1] == Words("It is made up.", Mood.DOUBTFUL)
    rows = table_of(section(page, "Trials and promotions")).rows
    assert rows[-1][3] == "every test was passed"
    assert [row[1] for row in rows] == ["trained", "looked at, look 1", "promoted"]
    printed = PrintedPage("".join(html_of(page)))
    verdicts = [table for table in printed.tables if table[0][0] == "test"]
    assert len(verdicts[0]) == 1 + len(verdict.parts)
    assert page.small_print[0] == "Made by hand."
    assert printed.references == []


def test_a_champion_of_which_nothing_came_yet_is_told_as_that() -> None:
    page = learning_page(evidence(learned(seated(trained_ms() + 200 * STEP_MS))))
    assert page.lead[0].mood is Mood.DOUBTFUL
    assert "it would have taken none of 0 setups" in page.lead[1].text


def test_a_champion_after_which_nothing_came_has_not_drifted() -> None:
    page = learning_page(evidence(learned(seated(trained_ms() + 1), count=0)))
    (words,) = section(page, "Has it drifted?").parts
    assert isinstance(words, Words)
    assert words.text.startswith("The champion is steady.")
    assert words.text.endswith("There are none yet.")
