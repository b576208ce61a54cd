"""What follows the structure: the compiled engines, or the readable ones where those are not to be had."""

from collections.abc import Callable, Mapping
from typing import Final

from application.ports.candle_aggregator import CandleAggregator
from application.ports.forest import Forest, ForestMaker
from application.ports.run_maker import RunMaker
from application.ports.scout import Scout
from application.ports.structure_engine import StructureEngine
from domain.market import candle_aggregator
from domain.setup.setup_rules import SetupRules
from domain.structure import structure_engine
from domain.structure.structure_config import StructureConfig

EngineMaker = Callable[[StructureConfig], StructureEngine]
AggregatorMaker = Callable[[int, int], CandleAggregator]


def slow_forest(model: bytes) -> Forest:
    """Walk trees by XGBoost itself, where the compiled walker is not to be had."""
    from adapters.xgboost.forest import XGBoostForest  # noqa: PLC0415 - it takes a second to import

    return XGBoostForest(model)


try:
    from adapters.native.candle_aggregator import NativeCandleAggregator
    from adapters.native.candle_run import NativeRunMaker
    from adapters.native.forest import NativeForest
    from adapters.native.scout import NativeScout
    from adapters.native.structure_engine import NativeStructureEngine
except ImportError:
    IS_COMPILED = False
    compiled_engine: EngineMaker = structure_engine.StructureEngine
    compiled_aggregator: AggregatorMaker = candle_aggregator.CandleAggregator
    compiled_forest: ForestMaker = slow_forest
else:
    IS_COMPILED = True
    compiled_engine = NativeStructureEngine
    compiled_aggregator = NativeCandleAggregator
    compiled_forest = NativeForest


def compiled_scout(step_ms: int, rules: SetupRules, config: StructureConfig) -> Scout:
    """Give a scout that rides ahead of the desk; there is one only where IS_COMPILED."""
    return NativeScout(step_ms, rules, config)


def compiled_runs() -> RunMaker:
    """Give what keeps candles as runs; there is one only where IS_COMPILED."""
    return NativeRunMaker()


ENGINES: Final[Mapping[str, EngineMaker]] = {
    "reference": structure_engine.StructureEngine,
    "native": compiled_engine,
}
AGGREGATORS: Final[Mapping[str, AggregatorMaker]] = {
    "reference": candle_aggregator.CandleAggregator,
    "native": compiled_aggregator,
}
