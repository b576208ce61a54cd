"""What the commands ask of the wired service; the composition root answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, Protocol

from application.feature_export import FeatureExport
from application.learning_status import LearningStatus
from application.ports.candle_tape import AuditedTape
from application.ports.trade_store import DecisionRecord
from application.session_report import SessionReport
from application.tape_conversion import TapeConversion
from application.tape_generation import TapeGenerated
from application.tape_inspection import TapeInspection
from domain.market.tape_audit import RepairPolicy, TapeAudit
from domain.position.closed_trade import ClosedTrade

Follow = Callable[[AuditedTape], AuditedTape]


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """What a session is asked for on the command line; settings given here win over all others.

    A backtest with a file of `learning` learns there, and trades by the champion it finds.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    settings_file: Path | None = None
    journal: Path | None = None
    store: Path | None = None
    learning: Path | None = None


@dataclass(frozen=True, slots=True)
class TapeOptions:
    """Which recorded candles are read; moments in milliseconds, `until_ms` exclusive.

    `exchange_info` is a file of the venue's rules; without it they are inferred from the candles.
    """

    paths: Sequence[str] = ()
    from_ms: int | None = None
    until_ms: int | None = None
    is_repaired: bool = False
    exchange_info: Path | None = None

    @property
    def policy(self) -> RepairPolicy:
        """How much of a tape may be mended."""
        return RepairPolicy.REPAIR if self.is_repaired else RepairPolicy.STANDARD


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """Where a report is put, and how many variants were tried before this one, it included."""

    path: Path
    trials: int | None = None


@dataclass(frozen=True, slots=True)
class GeneratorOptions:
    """Which candles are made up."""

    seed: int
    symbols: int
    days: int
    edge_strength: float
    is_noise: bool


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a session on a venue's own time is asked for.

    `hours` None goes on until somebody asks, on the embedded venue for a while. That venue makes up its
    market, of as many days as it takes, and has `faults`: a file of them, or the seed of a schedule.
    At any other venue `history` are tapes of what happened before; trading real money is `confirmed`.
    A live session that broke off is taken over, unless the new one is to be `fresh`. `learn_days` of the
    embedded venue's history teach and try a first model.
    """

    hours: float | None
    generator: GeneratorOptions
    faults: Path | int | None = None
    history: Sequence[str] = ()
    is_confirmed: bool = False
    is_fresh: bool = False
    learn_days: int = 0


@dataclass(frozen=True, slots=True)
class VenueOptions:
    """How a venue is opened: on which port, at how many times its pace (None: as fast as it is followed).

    `faults` is a file of faults, or the seed of a schedule with nearly all of them.
    `until_ms` is a moment of the venue's time; `history_ms` of the market have passed when it opens.
    """

    port: int
    speed: float | None
    key_seed: int
    history_ms: int
    until_ms: int | None
    faults: Path | int | None


class VenueOpened(NamedTuple):
    """Where a venue listens, with the key that was made up for it."""

    rest_url: str
    stream_url: str
    ws_api_url: str
    symbols: tuple[str, ...]
    api_key: str
    api_secret: str
    now_ms: int
    speed: float | None


class VenueSummary(NamedTuple):
    """What happened at a venue while it was open; amounts in quote currency."""

    from_ms: int
    until_ms: int
    calls: Mapping[str, int]
    faults: Mapping[str, int]
    trades: int
    open_orders: int
    open_positions: int
    start_wallet: Decimal
    end_wallet: Decimal


class RunningVenue(Protocol):
    """A venue that listens."""

    @property
    def opened(self) -> VenueOpened:
        """Where it listens."""
        ...

    def play(self) -> VenueSummary:
        """Let its market run until the tape ends or somebody asks for it."""
        ...


class SessionOutcome(NamedTuple):
    """A finished session: its report, where its files lie, and what the user should be told.

    `audits` tell by symbol what was dropped from recorded tapes and noted on them. The exit code is not
    zero when somebody asked for the end. `learning` tells where that stands, for sessions that learn.
    """

    report: SessionReport
    audits: Mapping[str, TapeAudit]
    journal: Path | None
    store: Path | None
    notices: tuple[str, ...]
    exit_code: int = 0
    learning: LearningStatus | None = None


class ReplayOutcome(NamedTuple):
    """A replay without a difference."""

    events: int
    trades: int
    notices: tuple[str, ...]


class Workbench(Protocol):
    """Every job of the product, ready to be started by a command."""

    def version(self) -> str:
        """Tell the product's version and how it is running."""
        ...

    def run(self, run: RunOptions, session: SessionOptions, follow: Follow) -> SessionOutcome:
        """Trade on the venue that the settings name until it is over, or somebody asks for the end."""
        ...

    def backtest(
        self,
        tapes: TapeOptions,
        session: SessionOptions,
        follow: Follow,
        told: ReportOptions | None = None,
    ) -> SessionOutcome:
        """Trade recorded candles, and put a report on file where one is wanted."""
        ...

    def replay(self, journal: Path) -> ReplayOutcome:
        """Decide a recorded session again."""
        ...

    def features(
        self, tapes: TapeOptions, settings: Mapping[str, str], out: Path, follow: Follow
    ) -> FeatureExport:
        """Write the twelve features of one tape."""
        ...

    def inspect(self, tapes: TapeOptions, follow: Follow) -> list[TapeInspection]:
        """Look tapes over from end to end."""
        ...

    def convert(self, tapes: TapeOptions, into_ms: int | None, out: Path, follow: Follow) -> TapeConversion:
        """Put one tape on file as Parquet, in longer candles if asked."""
        ...

    def generate(self, generator: GeneratorOptions, folder: Path) -> Iterator[TapeGenerated]:
        """Put a made-up market on file, a Parquet file a symbol."""
        ...

    def venue(
        self, market: TapeOptions | GeneratorOptions, venue: VenueOptions, session: SessionOptions
    ) -> AbstractContextManager[RunningVenue]:
        """Open a venue on loopback whose prices come from tapes or are made up."""
        ...

    def faults(self) -> Mapping[str, str]:
        """Tell every fault a venue can have, and what it does."""
        ...

    def trades(self, session: SessionOptions) -> list[ClosedTrade]:
        """Give the closed trades of the store's last session."""
        ...

    def why(self, session: SessionOptions, trade_id: str) -> tuple[ClosedTrade, list[DecisionRecord]]:
        """Give one closed trade and everything decided on its setup."""
        ...
