"""Where everything learned is kept, and who goes on learning from it."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from adapters.settings.settings import Settings, VenueKind
from adapters.sqlite.learning_store import SqliteLearningStore
from adapters.system.seeded_chance import SeededChance
from adapters.system.session_folder import last_folder
from adapters.xgboost.review_process import ReviewProcess
from adapters.xgboost.training_process import TrainingProcess
from application.learning_cycle import LearningCycle, LearningRules
from application.learning_evidence import EvidenceSearch
from application.learning_status import LearningArchive, StatusRules
from application.model_review import InlineReviewer
from application.ports.trade_store import StoreFailed
from composition.engines import compiled_forest
from composition.opening import announce


def learning_file(settings: Settings) -> Path:
    """Tell where everything learned of a real market is kept."""
    return settings.data_folder / f"learning-{settings.venue.kind}.sqlite"


def learning_rules(settings: Settings) -> LearningRules:
    """Give the rules of learning; DISABLE_MODEL_TRAINING stops it."""
    learning = settings.learning
    is_enabled = learning.retrain.is_enabled and not settings.disable_model_training
    return replace(learning, retrain=replace(learning.retrain, is_enabled=is_enabled))


async def learning_beside(settings: Settings, kept: SqliteLearningStore) -> LearningCycle:
    """Go on learning from what is kept, beside a market that does not wait. Raises StoreFailed."""
    cycle = LearningCycle(
        kept.samples,
        kept.models,
        TrainingProcess(),
        ReviewProcess(compiled_forest, SeededChance),
        compiled_forest,
        learning_rules(settings),
    )
    await cycle.open()
    return cycle


@asynccontextmanager
async def learning_if_it_can(
    settings: Settings,
) -> AsyncIterator[tuple[SqliteLearningStore, LearningCycle] | tuple[None, None]]:
    """Go on learning from what is kept, or say why not: what is open at a venue is seen out all the same."""
    with ExitStack() as files:
        try:
            kept = files.enter_context(SqliteLearningStore(learning_file(settings)))
            cycle = await learning_beside(settings, kept)
        except StoreFailed as failed:
            announce([f"nothing is learned in this session: {failed}"])
            yield None, None
            return
        yield kept, cycle


async def learning_inline(settings: Settings, kept: SqliteLearningStore) -> LearningCycle:
    """Go on learning from what is kept, while the time of the tape stands still. Raises StoreFailed."""
    from adapters.xgboost.model_trainer import XGBoostTrainer  # noqa: PLC0415 - it takes a second to import

    rules, reviewer = learning_rules(settings), InlineReviewer(compiled_forest, SeededChance)
    cycle = LearningCycle(kept.samples, kept.models, XGBoostTrainer(), reviewer, compiled_forest, rules)
    await cycle.open()
    return cycle


def learning_asked(settings: Settings, file: Path | None) -> Path:
    """Find the learning file that is meant. Raises FileNotFoundError with what makes one."""
    path, made_by = file, "`slt learn bootstrap TAPE...` makes one from recorded candles"
    if path is None and settings.venue.kind is VenueKind.EMBEDDED:
        path = last_folder(settings.data_folder).learning
        made_by = f"`slt run` learns there, and {made_by}"
    path = path or learning_file(settings)
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; {made_by}")
    return path


def archive_in(kept: SqliteLearningStore, settings: Settings) -> LearningArchive:
    """Read what is kept by the rules of the settings."""
    learning = learning_rules(settings)
    calibration = learning.training.calibration
    rules = StatusRules(learning.trial, learning.retrain, calibration, learning.most_samples)
    return LearningArchive(kept.samples, kept.models, compiled_forest, rules)


def evidence_in(kept: SqliteLearningStore, settings: Settings) -> EvidenceSearch:
    """Look for everything that speaks for and against what was learned."""
    from adapters.xgboost.contributions import XGBoostContributions  # noqa: PLC0415 - a second to import
    from adapters.xgboost.model_trainer import XGBoostTrainer  # noqa: PLC0415 - the same

    trainer, explainer = XGBoostTrainer(), XGBoostContributions()
    rules = learning_rules(settings)
    return EvidenceSearch(kept.samples, kept.models, trainer, compiled_forest, explainer, rules)
