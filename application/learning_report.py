"""What learning is worth, on one page, told so that nobody fools himself."""

from collections.abc import Sequence
from typing import Final

from application.learning_evidence import LearningEvidence, ModelEvidence
from application.learning_sections import (
    between,
    drift,
    more_samples,
    probabilities,
    promotions,
    results,
    what_it_looks_at,
)
from application.performance.wording import in_r
from application.report_page import Mood, Page, Words
from application.unseen_setups import Stretch
from domain.learning.drift import DriftState

SMALL_PRINT: Final = (
    "R is the planned loss of a trade at its first stop, costs included; results are net of all costs.",
    "No figure here is of samples that a model had learned from: all are out of fold, or of later setups.",
    "Intervals hold the true value in 90 of 100 cases; those of results are a bootstrap of blocks of time.",
    "A skill is the share of the loss of stating the base rate that is gone: below 0 is worse than that.",
    "Setups overlap: a desk that holds one trade a symbol could not have taken all of them.",
    "Whoever looks at many models and keeps the best looks at luck; the gate spends its alpha on each look.",
)
_LEAST_TRADES: Final = 30


def learning_page(
    evidence: LearningEvidence, warnings: Sequence[str] = (), small_print: Sequence[str] = ()
) -> Page:
    """Put what is known of learning on a page: the verdict first, then what has to be known about it."""
    sections = []
    model = evidence.model
    if model is not None:
        sections += [probabilities(model), results(model, evidence.status)]
    if evidence.curve:
        sections.append(more_samples(evidence.curve))
    if model is not None and model.effects:
        sections.append(what_it_looks_at(model))
    if evidence.status.happenings:
        sections.append(promotions(evidence.status))
    champion = evidence.status.champion
    if model is not None and champion is not None:
        sections.append(drift(champion, model.drift, model.drift_rules))
    lead = [*_lead(evidence), *(Words(warning, Mood.DOUBTFUL) for warning in warnings)]
    return Page("What learning is worth", lead, sections, (*small_print, *SMALL_PRINT))


def _lead(evidence: LearningEvidence) -> list[Words]:
    status = evidence.status
    lead = [Words(status.headline, _mood(evidence))]
    if evidence.model is not None:
        lead.append(Words(_judgement(evidence.model)))
    spending = status.spending
    return [
        *lead,
        Words(
            f"The gate was asked {spending.attempts} times, and has spent {spending.alpha_spent:.4f} of the"
            f" {spending.total_alpha:g} chance of ever promoting noise."
        ),
    ]


def _mood(evidence: LearningEvidence) -> Mood:
    """Only a champion that proved itself, is steady, and earns since then is good news."""
    champion = evidence.status.champion
    if champion is None or evidence.model is None:
        return Mood.BAD
    if champion.seating.is_by_hand:
        return Mood.BAD
    seated = evidence.model.unseen.since_seated
    taken = None if seated is None else seated.taken
    is_shown = taken is not None and taken.cases >= _LEAST_TRADES and taken.is_above_zero
    return Mood.GOOD if is_shown and champion.drift is DriftState.STEADY else Mood.DOUBTFUL


def _judgement(model: ModelEvidence) -> str:
    name, unseen = model.record.model_id, model.unseen
    if unseen.since_seated is None:
        return f"Model {name} is not believed. After it had learned: {_taken_in_words(unseen.on_trial)}"
    return f"Since champion {name} first sat: {_taken_in_words(unseen.since_seated)}"


def _taken_in_words(stretch: Stretch) -> str:
    if stretch.taken is None:
        return f"it would have taken none of {stretch.setups:,} setups."
    taken = stretch.taken
    words = (
        f"it would have taken {taken.cases:,} of {stretch.setups:,} setups, at {in_r(taken.mean)} R each"
        f" ({between(taken)}): {taken.reads_as}"
    )
    return f"{words}, and too few to say anything." if taken.cases < _LEAST_TRADES else f"{words}."
