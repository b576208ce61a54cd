"""Learning as tables: where it stands, what was done, why a model thought what it thought."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich.console import Group
from rich.table import Table

from adapters.terminal.learning_bench import ExplainedTrade, LearningBegun
from adapters.terminal.session_tables import count_table, moment
from application.harvest_summary import HarvestSummary
from application.learning_by_hand import Done
from application.learning_status import LearningStatus, OnSeat, OnTrial
from application.model_explanation import Explanation, HeadSays, opinion_in_words
from domain.learning.model_history import Happening, What
from domain.learning.model_life import ModelRoster
from domain.learning.model_record import ModelRecord
from domain.learning.net_r_foresight import NetRForesight
from domain.learning.reliability import Reliability

_LAST: Final = 10
_NOBODY: Final = "nobody"


def seat_tables(status: LearningStatus) -> list[Table]:
    """Give the champion or the newest model, what each said came true, and the trial."""
    told: list[Table] = []
    if status.champion is not None:
        told.append(_pairs("champion", {**_seat(status.champion), **record_facts(status.champion.record)}))
        told.append(reliability_table(status.champion.record.reliability))
    elif status.newest is not None:
        told.append(_pairs("newest model, never believed", record_facts(status.newest)))
        told.append(reliability_table(status.newest.reliability))
    if status.on_trial is not None:
        told.append(_pairs("challenger on trial", _trial(status.on_trial, status.waiting)))
    return told


def status_tables(status: LearningStatus) -> Group:
    """Give the champion or the newest model, the trial, what was counted, and what happened last."""
    told = seat_tables(status)
    told.append(_pairs("learning", _learning(status)))
    if status.counts.refused:
        told.append(count_table("setups not taken, by reason", status.counts.refused))
    if status.models:
        told.append(_models(status))
    if status.happenings:
        told.append(_happened("what happened last (UTC)", status.happenings[-_LAST:]))
    return Group(*told)


def begun_tables(begun: LearningBegun) -> Group:
    """Give the setups that history offered, how they were used, and where learning stands."""
    told = begun.bootstrapped
    used = {
        "taught, until the challenger was trained": f"{told.taught:,}",
        "tested, since then": f"{told.tested:,}",
        "training": in_words(told.training.what),
    }
    if told.training.reasons:
        used["because"] = "; ".join(told.training.reasons)
    if told.missing and told.history.roster.on_trial is not None:
        used["its record lacks"] = "; ".join(told.missing)
    return Group(_setups(begun.setups), _pairs("samples", used), status_tables(begun.told.status))


def done_tables(done: Done) -> Group:
    """Give what happened just now, and who sits on the seat after it."""
    told: list[Table] = []
    if done.happened:
        told.append(_happened("what happened (UTC)", done.happened))
    told.append(_pairs("seat", _seats(done.history.roster)))
    return Group(*told)


def explanation_tables(told: ExplainedTrade) -> Group:
    """Give what each column did to both heads."""
    explanation = told.explanation
    return Group(
        _head("what speaks for a win (margin before calibration)", explanation.to_win),
        _head("what speaks for more R", explanation.net_r),
    )


def explanation_lines(told: ExplainedTrade) -> list[str]:
    """Tell who was asked, what it believed, how that became a size, and what came of it."""
    explanation = told.explanation
    sample, outcome = explanation.sample, explanation.outcome
    found = f"found {moment(sample.decided_at_ms)} UTC"
    lines = [
        f"{sample.sample_id}: {sample.direction} {sample.symbol}, {sample.context.kind}, {found}",
        *_who_was_asked(explanation),
        *opinion_in_words(explanation.opinion, explanation.bet_share),
        f"its rival, which sees no structure, gives a win {explanation.by_context_alone:.3f}",
    ]
    lines += [f"{moment(one.at_ms)}  {one.kind} ({one.reason}): {one.detail}" for one in told.decisions]
    if outcome is None:
        return [*lines, "how it ended is not known (yet)"]
    played = "played on as a shadow" if outcome.is_shadow else "traded"
    return [*lines, f"{played}: {outcome.net_r:+.2f} R net, {outcome.exit_reason}"]


def _who_was_asked(explanation: Explanation) -> list[str]:
    model, seating = explanation.model.model_id, explanation.seating
    if not explanation.was_asked:
        lines = [
            "No champion sat when this setup was decided on: nothing below had any part in it.",
            f"What follows is what the newest model, {model}, says of it now.",
        ]
        if explanation.has_learned_from_it:
            lines.append("It may have learned from this very trade: its figures prove nothing.")
        return lines
    lines = [f"Champion {model} was asked."]
    if seating is not None and seating.model == model:
        lines.append(f"It sat since {moment(seating.from_ms)} UTC:")
        lines += [f"  {reason}" for reason in _why_it_sat(seating.proof)]
    return lines


def _why_it_sat(proof: Happening | None) -> Sequence[str]:
    return () if proof is None else (in_words(proof.what), *proof.reasons)


def in_words(name: str) -> str:
    """Write a name as people say it."""
    return name.replace("_", " ")


def record_facts(record: ModelRecord) -> dict[str, str]:
    """Tell what a model says of itself; every figure is out of fold."""
    span = record.span
    payoffs = ", ".join(f"{in_words(kind)} {payoff:.2f}" for kind, payoff in record.payoffs.by_kind)
    return {
        "model": record.model_id,
        "learned from": f"{moment(span.decided_from_ms)} to {moment(span.resolved_until_ms)} UTC",
        "samples": f"{span.samples:,}, of which {span.shadows:,} shadows; worth {span.effective_size:.1f}"
        " independent ones",
        "out of fold": scores(record.reliability),
        "context-only rival": scores(record.context_only_reliability),
        "net R head": foresight(record.net_r_foresight),
        "payoff, realised": f"{record.payoffs.pooled:.2f}; {payoffs}",
    }


def scores(told: Reliability) -> str:
    """Tell how good probabilities were; the skills are against stating the base rate."""
    return (
        f"Brier {told.brier:.4f} (skill {told.brier_skill:+.2%}), log loss {told.log_loss:.4f}"
        f" (skill {told.log_loss_skill:+.2%}), ECE {told.calibration_error:.2%}"
    )


def foresight(told: NetRForesight) -> str:
    """Tell what the net R head foresaw, and what the cases it liked best gave."""
    best = told.bins[-1]
    error = "" if best.standard_error is None else f" (standard error {best.standard_error:.2f})"
    return (
        f"skill {told.skill:+.2%}; the best fifth gave {best.mean_came:+.2f} R{error}, all"
        f" {told.mean_net_r:+.2f} R"
    )


def reliability_table(told: Reliability) -> Table:
    """Give what was said beside what came."""
    table = Table(title="said and come true, out of fold", title_justify="left")
    for name in ("said", "came", "5 % to 95 %", "cases"):
        table.add_column(name, justify="right")
    for one in told.bins:
        between = f"{one.interval.low:.1%} to {one.interval.high:.1%}"
        table.add_row(f"{one.mean_predicted:.1%}", f"{one.observed:.1%}", between, f"{one.cases:,}")
    return table


def _seat(seat: OnSeat) -> dict[str, str]:
    proof = seat.seating.proof
    how = "" if proof is None else f", {in_words(proof.what)}"
    doubt = " WITHOUT PROOF" if seat.seating.is_by_hand else ""
    return {
        "sits since": f"{moment(seat.seating.from_ms)} UTC{how}{doubt}",
        "drift": seat.drift,
    }


def _trial(trial: OnTrial, waiting: ModelRecord | None) -> dict[str, str]:
    length = trial.length
    facts = {
        "model": trial.record.model_id,
        "trained": f"{moment(trial.record.trained_at_ms)} UTC",
        "out of fold": scores(trial.record.reliability),
        "looks": f"{trial.looks} of {trial.most_looks}",
        "record so far": f"worth {length.effective_size:.1f} independent samples, {length.trades} trades,"
        f" {length.blocks:.1f} days",
        "missing": "; ".join(trial.missing) or "nothing: the next look is due",
    }
    if waiting is not None:
        facts["waiting behind it"] = waiting.model_id
    return facts


def _learning(status: LearningStatus) -> dict[str, str]:
    counts, spending = status.counts, status.spending
    taken = counts.seen - sum(counts.refused.values())
    return {
        "setups": f"{counts.seen:,} seen, {taken:,} taken, {counts.seen - taken:,} not taken",
        "resolved": f"{counts.resolved:,}, of which {counts.shadows:,} as shadows;"
        f" {counts.seen - counts.resolved:,} have no end (yet)",
        "closed trades": f"{status.schedule.closed_trades:,}",
        "next training": _next_training(status),
        "gate": f"asked {spending.attempts} times; {spending.alpha_spent:.4f} of {spending.total_alpha:g}"
        " chance of a false promotion spent",
    }


def _next_training(status: LearningStatus) -> str:
    schedule = status.schedule
    if not schedule.is_enabled:
        return "never: DISABLE_MODEL_TRAINING is set"
    if schedule.is_due:
        return "due now"
    return f"after {schedule.trades_until_next} more closed trades"


def _models(status: LearningStatus) -> Table:
    table = Table(title="models, the newest last", title_justify="left")
    for name in ("model", "is", "trained (UTC)", "samples", "Brier skill", "child of"):
        table.add_column(name, justify="right" if name in {"samples", "Brier skill"} else "left")
    for record, state in status.models[-_LAST:]:
        table.add_row(
            record.model_id,
            in_words(state),
            moment(record.trained_at_ms),
            f"{record.span.samples:,}",
            f"{record.reliability.brier_skill:+.2%}",
            record.parent or "-",
        )
    return table


def _happened(title: str, happenings: Iterable[Happening]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("when", "what", "model", "why"):
        table.add_column(name, overflow="fold")
    for one in happenings:
        what = f"{in_words(one.what)} {one.look}" if one.look else in_words(one.what)
        table.add_row(moment(one.at_ms), what, one.model or "-", _why(one))
    return table


def _setups(summary: HarvestSummary) -> Table:
    table = Table(title="setups in history, each played on as a shadow", title_justify="left")
    for name in ("symbol", "found", "resolved", "worth", "won", "mean net R", "error"):
        table.add_column(name, justify="left" if name == "symbol" else "right")
    for symbol, seen in {**summary.by_symbol, "all": summary.total}.items():
        table.add_row(
            symbol,
            f"{seen.found:,}",
            f"{seen.resolved:,}",
            f"{seen.effective_size:.0f}",
            "-" if seen.win_rate is None else f"{seen.win_rate:.1%}",
            "-" if seen.mean_net_r is None else f"{seen.mean_net_r:+.3f}",
            "-" if seen.standard_error is None else f"{seen.standard_error:.3f}",
        )
    return table


def _why(one: Happening) -> str:
    """Tell the reasons; those of a promotion stand at the look before it."""
    if one.what is What.PROMOTED:
        return "every test was passed"
    return "\n".join(one.reasons) or "-"


def _seats(roster: ModelRoster) -> dict[str, str]:
    return {
        "champion": roster.champion or _NOBODY,
        "on trial": roster.on_trial or _NOBODY,
        "waiting": roster.waiting or _NOBODY,
    }


def _head(title: str, head: HeadSays) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("column, in the trade's direction")
    table.add_column("value", justify="right")
    table.add_column("adds", justify="right")
    table.add_row("where it begins", "", f"{head.base:+.4f}")
    for one in head.columns:
        table.add_row(in_words(one.name), f"{one.value + 0.0:.4g}", f"{one.contribution:+.4f}")
    table.add_row("sum", "", f"{head.margin:+.4f}")
    return table


def _pairs(title: str, facts: Mapping[str, str]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(overflow="fold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(name, value)
    return table
