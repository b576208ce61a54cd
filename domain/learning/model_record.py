"""What is kept of a model, so that anyone can see why it was believed."""

from dataclasses import dataclass
from typing import NamedTuple

from domain.learning.calibration import Calibration
from domain.learning.champion_gate import GateVerdict
from domain.learning.feature_drift import FeatureSpread
from domain.learning.net_r_foresight import NetRForesight
from domain.learning.payoff import Payoffs
from domain.learning.reliability import Reliability


class DataSpan(NamedTuple):
    """What a model learned from: the first decision, the last outcome, and how many samples.

    `shadows` of the samples were never traded; `effective_size` is what all are worth together.
    """

    decided_from_ms: int
    resolved_until_ms: int
    samples: int
    shadows: int
    effective_size: float


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A model's own words about itself; the bytes of its heads lie beside it under their hashes.

    `model_id` is the hash of its heads and of this record's figures, so the same data and seed give
    the same id. What it says of how good its heads are is out of fold, of all three on the same folds.
    `features` name the columns in their order, `spreads` tell where each lay. The context-only model
    was trained on the same samples, to be compared with.
    `parent` was champion when it was trained. Raises ValueError for a record that contradicts itself.
    """

    model_id: str
    probability_head: str
    expected_r_head: str
    context_only_head: str
    trained_at_ms: int
    seed: int
    span: DataSpan
    schema_hash: str
    features: tuple[str, ...]
    spreads: tuple[FeatureSpread, ...]
    calibration: Calibration
    context_only_calibration: Calibration
    payoffs: Payoffs
    reliability: Reliability
    context_only_reliability: Reliability
    net_r_foresight: NetRForesight
    parent: str | None
    promotion: GateVerdict | None = None

    def __post_init__(self) -> None:
        if len(self.spreads) != len(self.features):
            raise ValueError(
                f"{self.model_id} has {len(self.features)} features, {len(self.spreads)} spreads"
            )
        if not self.span.decided_from_ms <= self.span.resolved_until_ms <= self.trained_at_ms:
            raise ValueError(f"{self.model_id} was trained at {self.trained_at_ms} on {self.span}")


def misfit(record: ModelRecord, schema_hash: str, features: tuple[str, ...]) -> str | None:
    """Say why a model must not be asked about features of this definition, or None when it may."""
    if record.schema_hash != schema_hash:
        return f"it learned features of schema {record.schema_hash}, these are of {schema_hash}"
    if record.features != features:
        return f"it learned {', '.join(record.features)}, these are {', '.join(features)}"
    return None
