"""A walk forward for machines: the keys that scripts rely on."""

from application.walk_forward_report import Traded, WalkForwardReport
from application.walk_forward_trials import TrialsHeld


def walk_forward_as_json(report: WalkForwardReport) -> dict[str, object]:
    """Give the verdict first, then all figures; times in milliseconds UTC, null where nothing is known."""
    return {
        "verdict": report.verdict,
        "seed": report.seed,
        "setups": report.setups,
        "out_of_sample": report.out_of_sample,
        "random_entries_without_a_trade": dict(report.not_random),
        "traded": [_traded(one) for one in report.traded],
        "trials": _trials(report.trials),
        "stretches": report.stretches,
    }


def _traded(traded: Traded) -> dict[str, object]:
    return traded._asdict() | {"way": traded.way.name.lower()}


def _trials(trials: TrialsHeld) -> dict[str, object]:
    """Tell the seat by the models' names; models themselves are no figures."""
    seats = [
        {
            "at_ms": change.at_ms,
            "model_id": None if change.model is None else change.model.record.model_id,
            "drift": change.drift,
            "reasons": change.reasons,
        }
        for change in trials.changes
    ]
    return trials._asdict() | {"changes": seats, "promoted": trials.promoted}
