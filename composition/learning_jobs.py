"""Every job of learning that a user can ask for."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from adapters.settings.session_choice import SessionRefused
from adapters.settings.settings import Settings, VenueKind
from adapters.sqlite.learning_store import SqliteLearningStore
from adapters.system.clock import WallClock
from adapters.system.report_place import require_place
from adapters.system.seeded_chance import SeededChance
from adapters.system.session_folder import last_folder
from adapters.terminal.learning_bench import (
    ExplainedTrade,
    LearningBegun,
    LearningDone,
    LearningOptions,
    LearningTold,
)
from adapters.terminal.notices import about_a_step_by_hand
from adapters.terminal.workbench import Follow, TapeOptions
from application.bootstrap_learning import Bootstrapped
from application.bootstrap_learning import bootstrap as bootstrap_learning
from application.learning_by_hand import Done, LearningByHand, last_moment_ms
from application.learning_report import learning_page
from application.model_explanation import ModelExplainer, NothingToExplain
from application.ports.trade_store import StoreFailed
from application.trade_story import setup_behind
from composition.engines import IS_COMPILED, compiled_forest
from composition.harvest import History
from composition.learning import (
    archive_in,
    evidence_in,
    learning_asked,
    learning_file,
    learning_inline,
    learning_rules,
)
from composition.opening import PRODUCT, opened_log, settings_for
from composition.pages import REPORT_BYTES, SIMULATED_NAMES, print_page
from composition.records import store_of
from composition.tapes import SHELF
from domain.learning.outcome import LabelledSample

MADE_UP_SETUPS: Final = (
    "The newest setups are of a made-up market: none of this says anything about real money."
)


def is_made_up(one: LabelledSample) -> bool:
    """Tell whether a setup was found in a market of our own."""
    return one.sample.symbol in SIMULATED_NAMES


@asynccontextmanager
async def by_hand(learning: LearningOptions) -> AsyncIterator[tuple[LearningByHand, int]]:
    """Give a hand in learning, and the present moment: that of the file, except at a real market."""
    settings = settings_for(learning.session)
    opened_log(settings)
    is_made_up = settings.venue.kind is VenueKind.EMBEDDED
    with SqliteLearningStore(learning_asked(settings, learning.file)) as kept:
        cycle = await learning_inline(settings, kept)
        last_ms = await last_moment_ms(kept.samples, kept.models, settings.learning.most_samples)
        now_ms = last_ms if is_made_up else max(WallClock().now_ms(), last_ms)
        rules = learning_rules(settings).retrain
        yield LearningByHand(kept.samples, kept.models, cycle, rules), now_ms


def require_training(settings: Settings) -> None:
    """Refuse to train where that is switched off. Raises SessionRefused."""
    if settings.disable_model_training:
        raise SessionRefused("DISABLE_MODEL_TRAINING is set; unset it to train a model")


def split_of(samples: Sequence[LabelledSample], taught_share: float) -> int:
    """Give the moment up to which samples teach."""
    first_ms = min(one.sample.decided_at_ms for one in samples)
    last_ms = max(one.outcome.resolved_at_ms for one in samples)
    return first_ms + round((last_ms - first_ms) * taught_share)


@contextmanager
def new_learning_file(path: Path) -> Iterator[Path]:
    """Give a place beside, which takes the name when all went well. Raises StoreFailed if it is taken."""
    if path.exists():
        raise StoreFailed(f"{path} holds learning already; give another --file, or move it away first")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield beside
        beside.replace(path)
    finally:
        for left in (beside, Path(f"{beside}-wal"), Path(f"{beside}-shm")):
            left.unlink(missing_ok=True)


class LearningJobs:
    """Every job of learning; each opens the learning file, and lets go of it."""

    def version(self) -> str:
        """Tell the product's version and how it is running."""
        return version(PRODUCT) if IS_COMPILED else f"{version(PRODUCT)} (without its compiled module)"

    def learning_status(self, learning: LearningOptions) -> LearningTold:
        """Tell where learning stands."""
        settings = settings_for(learning.session)
        opened_log(settings)
        if learning.report is not None:
            require_place(learning.report.resolve(), REPORT_BYTES)
        return asyncio.run(self._told(settings, learning_asked(settings, learning.file), learning.report))

    async def _told(self, settings: Settings, path: Path, report: Path | None) -> LearningTold:
        with SqliteLearningStore(path) as kept:
            status = await archive_in(kept, settings).status()
            warnings = [MADE_UP_SETUPS for one in await kept.samples.resolved(1) if is_made_up(one)]
            if report is None:
                return LearningTold(path, status, tuple(warnings))
            evidence = await evidence_in(kept, settings).gather(status, SeededChance(1))
        made_by = f"Made by slt {self.version()} from {path.name}."
        print_page(learning_page(evidence, warnings, [made_by]), report)
        notices = (*warnings, f"{report}: the report, to be opened in a browser")
        return LearningTold(path, status, notices, evidence)

    def explain(self, learning: LearningOptions, trade_id: str) -> ExplainedTrade:
        """Take apart what a model thought of a trade. Raises NothingToExplain."""
        from adapters.xgboost.contributions import XGBoostContributions  # noqa: PLC0415 - a second to import

        settings = settings_for(learning.session)
        trade, decisions = store_of(learning.session, trade_id)
        rules = settings.learning
        path = learning_asked(settings, learning.file)
        with SqliteLearningStore(path) as kept:
            explainer = ModelExplainer(
                kept.samples,
                kept.models,
                compiled_forest,
                XGBoostContributions(),
                rules.training.calibration.bound_z,
                rules.watch.drift,
            )
            try:
                explanation = asyncio.run(explainer.explain(setup_behind(trade_id), decisions))
            except NothingToExplain as nothing:
                raise NothingToExplain(f"{path}: {nothing}") from nothing
        return ExplainedTrade(explanation, trade, decisions)

    def train(self, learning: LearningOptions) -> LearningDone:
        """Train a challenger now. Raises SessionRefused where training is switched off."""
        require_training(settings_for(learning.session))

        async def trained() -> Done:
            async with by_hand(learning) as (hand, now_ms):
                return await hand.train(now_ms)

        return self._done(learning, trained())

    def promote(self, learning: LearningOptions, *, is_by_hand: bool) -> LearningDone:
        """Have the challenger on trial tested now, or seat it without proof. Raises NothingToDo."""

        async def promoted() -> Done:
            async with by_hand(learning) as (hand, now_ms):
                return await (hand.seat_by_hand(now_ms) if is_by_hand else hand.promote(now_ms))

        return self._done(learning, promoted())

    def roll_back(self, learning: LearningOptions) -> LearningDone:
        """Send the champion away. Raises NothingToDo."""

        async def rolled_back() -> Done:
            async with by_hand(learning) as (hand, now_ms):
                return await hand.roll_back(now_ms)

        return self._done(learning, rolled_back())

    def _done(self, learning: LearningOptions, step: Coroutine[Any, Any, Done]) -> LearningDone:
        done = asyncio.run(step)
        settings = settings_for(learning.session)
        path = learning_asked(settings, learning.file)
        is_of_a_session = path == last_folder(settings.data_folder).learning
        notice = about_a_step_by_hand(is_of_a_session=is_of_a_session)
        return LearningDone(path, done, (notice,) if done.happened else ())

    def bootstrap(
        self, tapes: TapeOptions, learning: LearningOptions, taught_share: float, follow: Follow
    ) -> LearningBegun:
        """Begin learning with recorded candles, in a file of its own."""
        settings = settings_for(learning.session)
        require_training(settings)
        opened_log(settings)
        if learning.report is not None:
            require_place(learning.report.resolve(), REPORT_BYTES)
        path = learning.file or learning_file(settings)
        with new_learning_file(path) as beside:
            opened = [follow(tape) for tape in SHELF.open(tapes.paths, tapes.policy)]
            samples, summary = History(settings, opened, tapes).harvested()
            begun = asyncio.run(self._begun(settings, beside, samples, taught_share))
        told = asyncio.run(self._told(settings, path, learning.report))
        notices = (
            f"{path}: what was learned; `slt learn status --file {path}` tells it again",
            *told.notices,
        )
        return LearningBegun(summary, begun, told._replace(notices=notices))

    async def _begun(
        self, settings: Settings, path: Path, samples: list[LabelledSample], taught_share: float
    ) -> Bootstrapped:
        with SqliteLearningStore(path) as kept:
            cycle = await learning_inline(settings, kept)
            return await bootstrap_learning(samples, split_of(samples, taught_share), cycle)
