"""The sections of a page on learning: each one question, and what answers it."""

import math
from collections.abc import Sequence
from typing import Final

from application.feature_effects import FeatureEffect
from application.learning_curve import CurvePoint
from application.learning_evidence import ModelEvidence
from application.learning_status import LearningStatus, OnSeat
from application.net_r_estimate import Estimate
from application.performance.wording import in_r, minute
from application.reliability_chart import reliability_chart, reliability_table
from application.report_charts import (
    Axis,
    AxisKind,
    Bar,
    BarChart,
    Ink,
    Line,
    LineChart,
    LineStyle,
    Mark,
)
from application.report_page import Choice, Option, Part, Section, Table, Words
from application.unseen_setups import Stretch, Unseen
from domain.learning.champion_gate import GateVerdict, ShadowScore
from domain.learning.drift import DriftFigures, DriftRules
from domain.learning.model_history import Happening, What
from domain.learning.reliability import Reliability

ONE_SIDED: Final = 1.6449
"""The normal quantile that 5 % lie beyond."""
_DRIFT: Final = "Has it drifted?"
_SCORES: Final = ("of", "Brier", "skill", "log loss", "skill", "calibration error", "base rate")


def probabilities(model: ModelEvidence) -> Section:
    """Tell whether what it says comes true."""
    record = model.record
    known = {
        "out of fold": record.reliability,
        "context-only rival, out of fold": record.context_only_reliability,
    }
    rows = [_score_row(name, told) for name, told in known.items()]
    parts: list[Part] = [Words(_skill_in_words(record.reliability)), Table("", _SCORES, rows)]
    shown = {"this model": record.reliability, "context-only rival": record.context_only_reliability}
    parts += [
        reliability_chart("Out of fold: what was called likely, and how often it came", shown),
        reliability_table("Out of fold", record.reliability),
    ]
    stretches = {"on trial": model.unseen.on_trial, "since seated": model.unseen.since_seated}
    for name, stretch in stretches.items():
        if stretch is not None and stretch.reliability is not None:
            told = stretch.reliability
            parts.append(Table(f"After it had learned, {name}", _SCORES, [_score_row(name, told)]))
            parts.append(reliability_chart(f"After it had learned, {name}", {"this model": told}))
    return Section("Does what it says come true?", parts)


def _skill_in_words(told: Reliability) -> str:
    """Say what the skill means; whether it is more than chance is for the gate to say."""
    if told.brier_skill <= 0.0:
        return "Out of fold it knew less than whoever states the share of wins every time."
    return (
        f"Out of fold {told.brier_skill:.2%} of the squared error of stating the share of wins every time is"
        " gone. Whether that is more than chance, only the gate says."
    )


def _score_row(name: str, told: Reliability) -> tuple[str, ...]:
    return (
        name,
        f"{told.brier:.4f}",
        f"{told.brier_skill:+.2%}",
        f"{told.log_loss:.4f}",
        f"{told.log_loss_skill:+.2%}",
        f"{told.calibration_error:.2%}",
        f"{told.base_rate:.1%}",
    )


def results(model: ModelEvidence, status: LearningStatus) -> Section:
    """Hold what it would have taken against everything."""
    unseen = model.unseen
    rows = _stretch_rows("on trial", unseen.on_trial)
    if unseen.since_seated is not None:
        rows += _stretch_rows("since seated", unseen.since_seated)
    columns = ("setups", "number", "mean net R", "90 %", "reads as")
    text = "Every setup was played on as a shadow, whether it was traded or not; real outcomes count first."
    if unseen.since_seated is not None:
        text += " What came on trial is what it was promoted by, and proves nothing a second time."
    parts: list[Part] = [Words(text), Table("", columns, rows)]
    if unseen.scores:
        parts.append(_earned(unseen, status))
    return Section("With the model and without it", parts)


def _stretch_rows(name: str, stretch: Stretch) -> list[tuple[str, ...]]:
    named = {"all": stretch.every, "it would take": stretch.taken, "it would leave": stretch.left}
    return [_estimate_row(f"{name}: {what}", estimate) for what, estimate in named.items()]


def _estimate_row(name: str, estimate: Estimate | None) -> tuple[str, ...]:
    if estimate is None:
        return name, "0", "-", "-", "nothing to say"
    return name, f"{estimate.cases:,}", in_r(estimate.mean), between(estimate), estimate.reads_as


def _earned(unseen: Unseen, status: LearningStatus) -> LineChart:
    taken = [one for one in unseen.scores if one.would_take]
    marks = [
        Mark(float(one.from_ms), "seated" if one.model else "seat empty", Ink.OTHER)
        for one in status.seatings
        if one.from_ms >= unseen.scores[0].decided_at_ms
    ]
    return LineChart(
        "Net R added up, of setups that came after it had learned",
        Axis("", AxisKind.TIME),
        Axis("R"),
        [_added_up("every setup", unseen.scores, Ink.FAINT), _added_up("it would take", taken, Ink.MAIN)],
        marks,
    )


def _added_up(name: str, scores: Sequence[ShadowScore], ink: Ink) -> Line:
    ended = sorted(scores, key=lambda one: one.resolved_at_ms)
    total, totals = 0.0, list[float]()
    for one in ended:
        total += one.net_r
        totals.append(total)
    return Line(name, [float(one.resolved_at_ms) for one in ended], totals, LineStyle.STEPS, ink)


def more_samples(points: Sequence[CurvePoint]) -> Section:
    """Tell whether more samples would help."""
    sizes = [point.effective_size for point in points]
    lines = [
        Line("this kind of model", sizes, [point.reliability.brier_skill for point in points]),
        Line(
            "context-only rival", sizes, [point.context_only.brier_skill for point in points], ink=Ink.OTHER
        ),
        _chance_line("chance, at most (90 %)", points, ONE_SIDED),
        _chance_line("chance, at least (90 %)", points, -ONE_SIDED),
        Line("nothing learned", [sizes[0], sizes[-1]], [0.0, 0.0], LineStyle.DASHED, Ink.FAINT),
    ]
    chart = LineChart(
        "Brier skill out of fold", Axis("independent samples"), Axis("skill", AxisKind.SHARE), lines
    )
    rows = [
        (
            f"{point.samples:,}",
            f"{point.effective_size:.0f}",
            f"{point.reliability.brier_skill:+.2%}",
            f"{ONE_SIDED * point.skill_error:.2%}",
            f"{point.reliability.log_loss_skill:+.2%}",
            f"{point.context_only.brier_skill:+.2%}",
        )
        for point in points
    ]
    columns = ("samples", "worth", "Brier skill", "chance up to", "log loss skill", "rival's Brier skill")
    text = (
        "Models were trained anew on the oldest samples, ever more of them, and judged out of fold. Skill"
        " between the lines of chance is none; a line that does not rise says that more will not help."
    )
    return Section("Would more samples help?", [Words(text), chart, Table("", columns, rows)])


def _chance_line(name: str, points: Sequence[CurvePoint], times: float) -> Line:
    errors = [times * point.skill_error if math.isfinite(point.skill_error) else None for point in points]
    return Line(name, [point.effective_size for point in points], errors, ink=Ink.FAINT)


def what_it_looks_at(model: ModelEvidence) -> Section:
    """Tell what it does with each column."""
    text = (
        "What the model does with each column, in the trade's direction, the others as they were. This"
        " describes the model; it does not show that the model is right."
    )
    bars = [Bar(_plain(one.name), one.weight) for one in model.effects]
    chart = BarChart("Mean size of what a column adds to the margin", Axis("margin"), bars, is_lying=True)
    choice = Choice("column", [_effect(one) for one in model.effects])
    return Section("What does it look at?", [Words(text), chart, choice])


def _effect(one: FeatureEffect) -> Option:
    axis = Axis(_plain(one.name))
    probability = Line("probability to win", one.values, one.probabilities, LineStyle.STEPS)
    expected = Line("expected net R", one.values, one.expected_r, LineStyle.STEPS, Ink.OTHER)
    return Option(
        _plain(one.name),
        [
            LineChart("Probability to win", axis, Axis("", AxisKind.SHARE), [probability]),
            LineChart("Expected net R", axis, Axis("R"), [expected]),
        ],
    )


def promotions(status: LearningStatus) -> Section:
    """Tell all that happened to models, with what the gate said."""
    rows = [_happening_row(one) for one in status.happenings]
    parts: list[Part] = [Table("", ("when (UTC)", "what", "model", "why"), rows)]
    looks = [(one, one.verdict) for one in status.happenings if one.verdict is not None]
    if looks:
        options = [
            Option(f"{minute(one.at_ms)}, {one.model}: {verdict.decision}", [_verdict(verdict)])
            for one, verdict in reversed(looks)
        ]
        parts.append(Choice("What the gate said", options))
    return Section("Trials and promotions", parts)


def _happening_row(one: Happening) -> tuple[str, ...]:
    what = _plain(one.what) if not one.look else f"{_plain(one.what)}, look {one.look}"
    if one.verdict is not None:
        why = f"{one.verdict.decision}, attempt {one.verdict.attempt}"
    else:
        why = "every test was passed" if one.what is What.PROMOTED else "; ".join(one.reasons)
    return minute(one.at_ms), what, one.model or "-", why or "-"


def _verdict(verdict: GateVerdict) -> Table:
    rows = [
        (
            part.test,
            f"{part.figures.mean:+.4f}",
            f"{part.figures.lower_bound:+.4f}",
            f"{part.figures.p_value:.4f}",
            "yes" if part.is_passed else "not shown",
        )
        for part in verdict.parts
    ]
    title = (
        f"attempt {verdict.attempt} at alpha {verdict.alpha:.4f}: {verdict.samples:,} setups, worth"
        f" {verdict.effective_size:.0f}, {verdict.trades} trades"
    )
    return Table(title, ("test", "better by", "at least", "p", "passed"), rows)


def drift(seat: OnSeat, figures: DriftFigures | None, rules: DriftRules) -> Section:
    """Tell what is watched, and what was found."""
    text = f"The champion is {seat.drift}. Watched are the setups that came after it had learned."
    if figures is None:
        return Section(_DRIFT, [Words(f"{text} There are none yet.")])
    moved = f", most of all {_plain(figures.moved)}" if figures.moved else ""
    watched = {
        f"features{moved}: stability index beyond the usual": (figures.feature, rules.feature),
        "calibration: standard errors of wins missing": (figures.calibration, rules.calibration),
        "hit rate: log odds that wins became rarer": (figures.hit_rate, rules.hit_rate),
    }
    rows = [
        (name, f"{figure:.2f}", *(f"{one:g}" for one in thresholds))
        for name, (figure, thresholds) in watched.items()
    ]
    return Section(_DRIFT, [Words(text), Table("", ("watched", "is", "mild", "strong", "severe"), rows)])


def _plain(name: str) -> str:
    return name.replace("_", " ")


def between(estimate: Estimate) -> str:
    """Write an interval."""
    return f"{in_r(estimate.low)} to {in_r(estimate.high)}"
