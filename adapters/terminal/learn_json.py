"""Learning for machines: the keys that scripts rely on."""

from collections.abc import Sequence

from adapters.terminal.learning_bench import ExplainedTrade, LearningBegun, LearningDone, LearningTold
from adapters.terminal.report_json import trades_as_json
from application.learning_by_hand import Done
from application.learning_curve import CurvePoint
from application.learning_evidence import LearningEvidence
from application.learning_status import LearningStatus, OnSeat, OnTrial
from application.model_explanation import HeadSays
from domain.learning.model_history import Happening
from domain.learning.model_record import ModelRecord


def status_as_json(told: LearningTold) -> dict[str, object]:
    """Give where learning stands; times in milliseconds UTC, figures of models out of fold."""
    evidence = {} if told.evidence is None else {"evidence": _evidence(told.evidence)}
    return {"file": str(told.file), **learning_as_json(told.status), **evidence}


def done_as_json(told: LearningDone) -> dict[str, object]:
    """Give what happened just now, who sits after it, and what a test still lacks."""
    return {"file": str(told.file), **_done(told.done)}


def begun_as_json(begun: LearningBegun) -> dict[str, object]:
    """Give the setups in history, what they taught and tested, and where learning stands."""
    bootstrapped = begun.bootstrapped
    return {
        "setups": begun.setups,
        "taught": bootstrapped.taught,
        "tested": bootstrapped.tested,
        "training": _happening(bootstrapped.training),
        "missing": bootstrapped.missing,
        **status_as_json(begun.told),
    }


def explanation_as_json(told: ExplainedTrade) -> dict[str, object]:
    """Give both heads column by column, the belief, the outcome and the decisions."""
    explanation = told.explanation
    return {
        "sample": explanation.sample,
        "outcome": explanation.outcome,
        "model": explanation.model.model_id,
        "was_asked": explanation.was_asked,
        "has_learned_from_it": explanation.has_learned_from_it,
        "champion_since_ms": None if explanation.seating is None else explanation.seating.from_ms,
        "opinion": explanation.opinion,
        "bet_share": explanation.bet_share,
        "by_context_alone": explanation.by_context_alone,
        "to_win": _head(explanation.to_win),
        "net_r": _head(explanation.net_r),
        "trade": None if told.trade is None else trades_as_json([told.trade])[0],
        "decisions": list(told.decisions),
    }


def learning_as_json(status: LearningStatus) -> dict[str, object]:
    """Give where learning stands, without the file it was read from."""
    return {
        "headline": status.headline,
        "champion": None if status.champion is None else _seat(status.champion),
        "on_trial": None if status.on_trial is None else _trial(status.on_trial),
        "waiting": None if status.waiting is None else status.waiting.model_id,
        "gate": status.spending,
        "schedule": status.schedule,
        "samples": status.counts,
        "models": [{"state": one.state, **_record(one.record)} for one in status.models],
        "happenings": _happenings(status.happenings),
    }


def _evidence(evidence: LearningEvidence) -> dict[str, object]:
    """Give what came after the model had learned, what it looks at, and whether more samples help."""
    model = evidence.model
    told: dict[str, object] = {"curve": [_curve_point(point) for point in evidence.curve]}
    if model is None:
        return told
    return told | {
        "model": model.record.model_id,
        "on_trial": model.unseen.on_trial,
        "since_seated": model.unseen.since_seated,
        "effects": model.effects,
        "drift": model.drift,
    }


def _curve_point(point: CurvePoint) -> dict[str, object]:
    return {**point._asdict(), "skill_error": point.skill_error}


def _seat(seat: OnSeat) -> dict[str, object]:
    return {
        "since_ms": seat.seating.from_ms,
        "is_by_hand": seat.seating.is_by_hand,
        "drift": seat.drift,
        **_record(seat.record),
    }


def _trial(trial: OnTrial) -> dict[str, object]:
    return {
        "looks": trial.looks,
        "most_looks": trial.most_looks,
        "record": trial.length,
        "missing": trial.missing,
        **_record(trial.record),
    }


def _record(record: ModelRecord) -> dict[str, object]:
    return {
        "model": record.model_id,
        "trained_at_ms": record.trained_at_ms,
        "span": record.span,
        "schema_hash": record.schema_hash,
        "features": record.features,
        "parent": record.parent,
        "payoff": {"pooled": record.payoffs.pooled, "by_kind": dict(record.payoffs.by_kind)},
        "out_of_fold": record.reliability,
        "context_only_out_of_fold": record.context_only_reliability,
        "net_r_out_of_fold": record.net_r_foresight,
    }


def _done(done: Done) -> dict[str, object]:
    roster = done.history.roster
    return {
        "happened": _happenings(done.happened),
        "missing": done.missing,
        "champion": roster.champion,
        "on_trial": roster.on_trial,
        "waiting": roster.waiting,
    }


def _happenings(happenings: Sequence[Happening]) -> list[dict[str, object]]:
    return [_happening(one) for one in happenings]


def _happening(one: Happening) -> dict[str, object]:
    return {**one._asdict(), "model": one.model or None}


def _head(head: HeadSays) -> dict[str, object]:
    return {"base": head.base, "columns": head.columns, "margin": head.margin, "rounding": head.rounding}
