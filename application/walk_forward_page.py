"""A walk forward on one page, the verdict first, told so that nobody fools himself."""

import math
from collections.abc import Sequence
from typing import Final

from application.net_r_estimate import Estimate
from application.performance.tear_sheet_charts import equity_line
from application.performance.wording import day, in_r, money, share
from application.report_charts import Axis, AxisKind, Bar, BarChart, Ink, Line, LineChart, LineStyle
from application.report_page import Mood, Page, Part, Section, Table, Words
from application.walk_forward_figures import NetR, OutOfSample, Skill, Stretch
from application.walk_forward_report import Finding, Traded, WalkForwardReport, interval_in_words
from application.walk_forward_trials import TrialsHeld
from domain.learning.net_r_foresight import NetRForesight
from domain.learning.reliability import Reliability

SMALL_PRINT: Final = (
    "R is the planned loss of a trade at its first stop, costs included; results are net of all costs.",
    "Out of sample: a model is judged only on setups that were found after everything it learned was over.",
    "Intervals hold the true value in 90 of 100 cases.",
    "They are from a bootstrap of blocks of a week, of a day on short records: trades hang together.",
    "Brier skill is the share of a rival's squared error that is gone: below 0 is worse than the rival.",
    "Whoever tries many settings and keeps the best walk has no walk forward any more.",
)
_MOODS: Final = {
    Finding.EDGE: Mood.GOOD,
    Finding.NO_EDGE: Mood.BAD,
    Finding.TOO_LITTLE: Mood.DOUBTFUL,
}
_REMINDERS: Final = {
    Finding.EDGE: "An edge was found on this history.",
    Finding.NO_EDGE: "No edge was found: what looks good below is not told from luck.",
    Finding.TOO_LITTLE: "Too little was seen: nothing below means anything yet.",
}
_SHARE: Final = Axis("", AxisKind.SHARE)
_INKS: Final = (Ink.FAINT, Ink.MAIN, Ink.OTHER)


def walk_forward_page(report: WalkForwardReport, title: str, small_print: Sequence[str] = ()) -> Page:
    """Put a walk forward on a page."""
    finding, seen = report.verdict.finding, report.out_of_sample
    lead = [Words(report.verdict.headline, _MOODS[finding]), *map(Words, report.verdict.reasons)]
    sections = []
    if seen is not None:
        sections += [_probabilities(seen), _results(seen.net_r), _foresight(seen.foresight)]
    if report.traded:
        sections.append(_traded(report.traded))
    sections += [_stretches(report.stretches), _trials(report.trials)]
    reminded = [_with(Words(_REMINDERS[finding], _MOODS[finding]), section) for section in sections]
    return Page(title, lead, reminded, (*small_print, *SMALL_PRINT))


def _with(reminder: Words, section: Section) -> Section:
    return Section(section.title, [reminder, *section.parts])


def _probabilities(seen: OutOfSample) -> Section:
    table = seen.reliability
    skills = {
        "the share of wins known at the time": seen.against_base_rate,
        "the same without structure: stop, costs, hour": seen.against_context,
    }
    text = (
        f"{seen.judged:,} setups, worth {seen.effective_size:,.0f} independent ones, of which"
        f" {table.base_rate:.1%} were won. What was called likely missed what came by"
        f" {table.calibration_error:.1%} on average (expected calibration error)."
    )
    columns = ("against", "Brier score", "the rival's", "skill", "gain", "90 %", "reads as")
    rows = [_skill_row(name, skill) for name, skill in skills.items()]
    parts: list[Part] = [Words(text), Table("", columns, rows), _reliability_chart(table)]
    return Section("Were the models' probabilities worth anything?", parts)


def _skill_row(name: str, skill: Skill) -> tuple[str, ...]:
    better = skill.better_by
    return (
        name,
        f"{skill.brier:.5f}",
        f"{skill.reference:.5f}",
        f"{skill.share:+.2%}",
        f"{better.mean:+.5f}",
        interval_in_words(better, 5),
        better.reads_as,
    )


def _reliability_chart(table: Reliability) -> LineChart:
    said = [one.mean_predicted for one in table.bins]
    notes = [
        f"{one.cases:,} setups, won {one.observed:.1%} ({one.interval.low:.1%} to {one.interval.high:.1%})"
        for one in table.bins
    ]
    ends = [min(said), max(said)]
    return LineChart(
        "What was called likely, and how often it came",
        Axis("probability that was stated", AxisKind.SHARE),
        Axis("share that was won", AxisKind.SHARE),
        [
            Line("what came", said, [one.observed for one in table.bins], LineStyle.DOTS, notes=notes),
            Line("lowest likely", said, [one.interval.low for one in table.bins], ink=Ink.FAINT),
            Line("highest likely", said, [one.interval.high for one in table.bins], ink=Ink.FAINT),
            Line("if it were true", ends, ends, LineStyle.DASHED, Ink.OTHER),
        ],
    )


def _results(net_r: NetR) -> Section:
    named = {
        "all setups": net_r.every,
        "those they would have taken": net_r.taken,
        "the tenth they expected most of": net_r.top,
        "random entries, same exits": net_r.random,
    }
    rows = [(name, *_estimate_cells(estimate)) for name, estimate in named.items()]
    text = (
        "The tenth is ranked within each stretch, which nobody could have done in time; its results were not"
        " looked at. Random entries have the same symbols, sides, stops and targets, and nothing else."
    )
    known = {name: estimate for name, estimate in named.items() if estimate is not None}
    chart = BarChart(
        "Mean net R",
        Axis("net R of a trade"),
        [
            Bar(name, one.mean, _finite(one.low), _finite(one.high), one.reads_as)
            for name, one in known.items()
        ],
        is_lying=True,
    )
    columns = ("setups", "number", "mean net R", "90 %", "reads as")
    return Section("Would their choice have earned?", [Words(text), Table("", columns, rows), chart])


def _estimate_cells(estimate: Estimate | None) -> tuple[str, ...]:
    if estimate is None:
        return "0", "-", "-", "nothing to say"
    return f"{estimate.cases:,}", in_r(estimate.mean), interval_in_words(estimate), estimate.reads_as


def _foresight(foresight: NetRForesight) -> Section:
    text = (
        "From the setups it expected least of to those it expected most of. Where it saw anything, what came"
        f" rises with what was said. Skill against stating the mean: {foresight.skill:+.2%}."
    )
    rows = [
        (
            in_r(one.mean_said),
            in_r(one.mean_came),
            "-" if one.standard_error is None else f"{one.standard_error:.3f}",
            f"{one.cases:,}",
        )
        for one in foresight.bins
    ]
    table = Table("", ("net R expected", "net R that came", "standard error", "setups"), rows)
    return Section("Did expected net R foretell anything?", [Words(text), table])


def _traded(traded: Sequence[Traded]) -> Section:
    columns = ("traded", "seats", "trades", "exploring", "net P&L", "fees", "drawdown", "mean R", "reads as")
    rows = [
        (
            str(one.way),
            str(one.seats),
            f"{one.trades:,}",
            share(one.explored, one.trades),
            money(one.net_pnl),
            money(-one.fees),
            f"{one.max_drawdown:.2%}",
            "-" if one.r is None else in_r(one.r.mean),
            "no trades" if one.r is None else one.r.reads_as,
        )
        for one in traded
    ]
    lines = [equity_line(str(one.way), one.equity, ink) for one, ink in zip(traded, _INKS, strict=False)]
    chart = LineChart("Equity", Axis("UTC", AxisKind.TIME), Axis("USDT"), lines)
    text = (
        "Whole backtests through the loop that trades live; without a belief a trade is exploration, small."
    )
    parts: list[Part] = [Words(text), Table("", columns, rows), chart]
    if any(one.seats and one.believed is None for one in traded):
        flat = "A flat line is a model that let nothing be traded: that saves costs and earns nothing."
        parts.append(Words(flat))
    return Section("P&L with and without the model", parts)


def _stretches(stretches: Sequence[Stretch]) -> Section:
    columns = (
        "trained",
        "on samples",
        "model",
        "judged",
        "Brier skill",
        "mean net R",
        "taken",
        "net R of those",
    )
    rows = [
        (
            day(one.at_ms),
            f"{one.learned:,}",
            one.model_id or "none",
            f"{one.judged:,}",
            "-" if one.brier_skill is None else f"{one.brier_skill:+.2%}",
            "-" if one.mean_net_r is None else in_r(one.mean_net_r),
            f"{one.taken:,}",
            "-" if one.taken_net_r is None else in_r(one.taken_net_r),
        )
        for one in stretches
    ]
    chart = LineChart(
        "Brier skill of each model on what came after it",
        Axis("UTC", AxisKind.TIME),
        _SHARE,
        [Line("Brier skill", [one.at_ms for one in stretches], [one.brier_skill for one in stretches])],
    )
    text = "Some single stretches are above zero by luck; they show how little one of them says."
    return Section("Stretch by stretch", [Words(text), chart, Table("", columns, rows)])


def _trials(trials: TrialsHeld) -> Section:
    text = (
        f"{trials.challengers} challengers, of which {trials.trials} were tried; {trials.given_up} were given"
        f" up because they hardly ever would have traded, {trials.promoted} promoted in"
        f" {len(trials.attempts)} looks. Every look asks for more than the one before: luck never adds up."
    )
    rows = [
        (
            day(one.at_ms),
            one.model_id,
            str(one.look),
            str(one.verdict.decision),
            "; ".join(one.verdict.reasons),
        )
        for one in trials.attempts
    ]
    parts: list[Part] = [Words(text)]
    if rows:
        parts.append(Table("", ("looked at", "model", "look", "gate", "why"), rows))
    seats = [
        (
            day(one.at_ms),
            "nobody" if one.model is None else one.model.record.model_id,
            str(one.drift),
            "; ".join(one.reasons),
        )
        for one in trials.changes
    ]
    if seats:
        parts.append(Table("The seat", ("from", "model", "drift", "why"), seats))
    return Section("Champion and challengers", parts)


def _finite(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None
