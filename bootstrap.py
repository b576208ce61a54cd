"""The composition root: settings in, wired service out; the entry of the command `slt`."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from decimal import InvalidOperation
from pathlib import Path
from typing import Final

from adapters.binance.binance_broker import AccountRefused
from adapters.binance.binance_lines import VenueRefused
from adapters.settings.session_choice import SessionRefused, why_not_run
from adapters.settings.settings import VenueKind
from adapters.settings.settings_loader import SettingsRefused
from adapters.system.real_time import run_in_real_time
from adapters.system.stop_signal import Stopped, stop_at_once
from adapters.terminal.app import build_app
from adapters.terminal.notices import in_words
from adapters.terminal.walk_forward_bench import WalkOptions
from adapters.terminal.workbench import (
    Follow,
    GeneratorOptions,
    ReplayOutcome,
    ReportOptions,
    RunOptions,
    SessionOptions,
    SessionOutcome,
    TapeOptions,
    VenueOptions,
)
from adapters.venue.fault_file import FaultsRefused
from adapters.venue.faults import FAULTS
from application.feature_export import FeatureExport
from application.learning_by_hand import NothingToDo
from application.model_explanation import NothingToExplain
from application.ports.candle_sink import SinkFailed
from application.ports.candle_tape import TapeRefused
from application.ports.journal import JournalDamaged, JournalFailed
from application.ports.model_registry import ModelNotKept
from application.ports.trade_store import DecisionRecord, StoreFailed
from application.replay import ReplayDiffers
from application.tape_conversion import TapeConversion
from application.tape_generation import TapeGenerated
from application.tape_inspection import TapeInspection
from application.walk_forward import WalkStep
from application.walk_forward_report import WalkForwardReport
from composition.backtest import backtested
from composition.embedded import traded_embedded
from composition.learning_jobs import LearningJobs
from composition.live import SessionUnfinished
from composition.market import at_market
from composition.opening import settings_for
from composition.records import NotFound, last_trades, replayed, trade_and_reasons
from composition.tapes import converted, exported_features, generated, inspected
from composition.venue import ListeningVenue, listening_venue
from composition.walk_forward import walked_forward
from domain.halt import TradingHalt
from domain.position.closed_trade import ClosedTrade

EXIT_CODES: Final[Mapping[type[Exception], int]] = {
    SettingsRefused: 4,
    FileNotFoundError: 3,
    OSError: 1,
    NotFound: 3,
    NothingToDo: 3,
    NothingToExplain: 3,
    ModelNotKept: 1,
    FaultsRefused: 4,
    SessionRefused: 4,
    SessionUnfinished: 1,
    VenueRefused: 1,
    AccountRefused: 1,
    TapeRefused: 1,
    SinkFailed: 1,
    JournalFailed: 1,
    JournalDamaged: 1,
    StoreFailed: 1,
    ReplayDiffers: 1,
    TradingHalt: 1,
    InvalidOperation: 1,
}


class Service(LearningJobs):
    """Every job of the product; each wires what it needs, runs it, and lets go of it."""

    def run(self, run: RunOptions, session: SessionOptions, follow: Follow) -> SessionOutcome:
        """Trade on the venue that the settings name until it is over, or somebody asks for the end."""
        settings = settings_for(session)
        why_not = why_not_run(
            settings,
            has_history=bool(run.history),
            has_faults=run.faults is not None,
            is_confirmed=run.is_confirmed,
            is_fresh=run.is_fresh,
        )
        if why_not is not None:
            raise SessionRefused(why_not)
        if settings.venue.kind is VenueKind.EMBEDDED:
            return traded_embedded(run, settings, follow)
        return run_in_real_time(at_market(run, settings, follow))

    def backtest(
        self,
        tapes: TapeOptions,
        session: SessionOptions,
        follow: Follow,
        told: ReportOptions | None = None,
    ) -> SessionOutcome:
        """Trade recorded candles."""
        return backtested(tapes, session, follow, told)

    def walk_forward(
        self, tapes: TapeOptions, walk: WalkOptions, session: SessionOptions, follow: Follow
    ) -> Iterator[WalkStep | WalkForwardReport]:
        """Learn on what is over, trade what comes after; every training, then what all of it comes to."""
        return walked_forward(tapes, walk, session, follow)

    def replay(self, journal: Path) -> ReplayOutcome:
        """Decide a recorded session again."""
        return replayed(journal)

    def features(
        self, tapes: TapeOptions, frames: Mapping[str, str], out: Path, follow: Follow
    ) -> FeatureExport:
        """Write the twelve features of one tape."""
        return exported_features(tapes, frames, out, follow)

    def inspect(self, tapes: TapeOptions, follow: Follow) -> list[TapeInspection]:
        """Look tapes over from end to end."""
        return inspected(tapes, follow)

    def convert(self, tapes: TapeOptions, into_ms: int | None, out: Path, follow: Follow) -> TapeConversion:
        """Put one tape on file as Parquet, in longer candles if asked."""
        return converted(tapes, into_ms, out, follow)

    def generate(self, generator: GeneratorOptions, folder: Path) -> Iterator[TapeGenerated]:
        """Put a made-up market on file, a Parquet file a symbol."""
        return generated(generator, folder)

    def venue(
        self, market: TapeOptions | GeneratorOptions, venue: VenueOptions, session: SessionOptions
    ) -> AbstractContextManager[ListeningVenue]:
        """Open a venue on loopback whose prices come from tapes or are made up."""
        return listening_venue(market, venue, session)

    def faults(self) -> Mapping[str, str]:
        """Tell every fault a venue can have, and what it does."""
        return FAULTS

    def trades(self, session: SessionOptions) -> list[ClosedTrade]:
        """Give the closed trades of the store's last session."""
        return last_trades(session)

    def why(self, session: SessionOptions, trade_id: str) -> tuple[ClosedTrade, list[DecisionRecord]]:
        """Give one closed trade and everything decided on its setup. Raises NotFound."""
        return trade_and_reasons(session, trade_id)


def main() -> None:
    """Run the command line; what goes wrong is told in one line and by the exit code."""
    stop_at_once()
    try:
        build_app(Service())()
    except Stopped as stopped:
        sys.stderr.write(f"slt: {stopped}\n")
        sys.exit(stopped.exit_code)
    except tuple(EXIT_CODES) as error:
        sys.stderr.write(f"slt: {in_words(error)}\n")
        sys.exit(next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind)))
