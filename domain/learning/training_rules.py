"""How a challenger is grown and judged."""

from dataclasses import dataclass, field

from domain.allowed_range import require_above_zero, require_within
from domain.learning.calibration import CalibrationRules
from domain.learning.payoff import PayoffRules
from domain.learning.sample_weights import WeightRules
from domain.learning.walk_forward_folds import FoldRules


@dataclass(frozen=True, slots=True)
class TreeRules:
    """How little a forest may make of its samples. Raises ValueError for numbers that make no sense.

    So many trees of so few questions, each shrunken by `step`. A leaf stands on at least `least_leaf`
    independent samples, and is mixed with `leaf_prior` more that say nothing. A tree sees `row_share`
    of the samples and `column_share` of the features, dealt by the seed.
    """

    trees: int = 60
    depth: int = 2
    step: float = 0.05
    least_leaf: float = 20.0
    leaf_prior: float = 20.0
    row_share: float = 0.8
    column_share: float = 0.8

    def __post_init__(self) -> None:
        require_within("trees", self.trees, 1, 10_000)
        require_within("depth", self.depth, 1, 10)
        require_above_zero("step", self.step, 1)
        require_above_zero("least_leaf", self.least_leaf)
        require_within("leaf_prior", self.leaf_prior, 0)
        require_above_zero("row_share", self.row_share, 1)
        require_above_zero("column_share", self.column_share, 1)


@dataclass(frozen=True, slots=True)
class TrainingRules:
    """Everything that a training depends on beside its samples and its seed.

    With `sees_context` the heads see what the context-only model sees as well as the twelve features.
    """

    trees: TreeRules = field(default_factory=TreeRules)
    weights: WeightRules = field(default_factory=WeightRules)
    folds: FoldRules = field(default_factory=FoldRules)
    calibration: CalibrationRules = field(default_factory=CalibrationRules)
    payoff: PayoffRules = field(default_factory=PayoffRules)
    sees_context: bool = False
