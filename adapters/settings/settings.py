"""Every setting of the service in one typed, unchangeable object."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from application.learning_cycle import LearningRules
from domain.allowed_range import require_within
from domain.exits.exit_rules import ExitRules
from domain.market.funding import FUNDING_INTERVAL_MS
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from domain.market.trading_costs import TradingCosts
from domain.risk.cross_margin_guard import CrossMarginRules
from domain.risk.gate_limits import GateLimits
from domain.risk.leverage import LeverageRules
from domain.risk.position_sizer import SizingRules
from domain.setup.setup_rules import SetupRules
from domain.structure.structure_config import StructureConfig


class Mode(StrEnum):
    """Whose money is traded."""

    PAPER = "paper"
    LIVE = "live"


class VenueKind(StrEnum):
    """Where `slt run` trades."""

    EMBEDDED = "embedded"
    BINANCE = "binance"
    TESTNET = "testnet"


@dataclass(frozen=True, slots=True)
class VenueRules:
    """Where it is traded; what the simulated venue charges beside the costs, and how it misbehaves.

    Addresses left empty are the venue's own. Raises ValueError for numbers that make no sense, and for
    addresses that are none or that lead over an open line to another machine.
    """

    kind: VenueKind = VenueKind.EMBEDDED
    rest_url: str = ""
    stream_url: str = ""
    funding_rate_per_interval: Decimal = Decimal("0.0001")
    funding_interval_ms: int = FUNDING_INTERVAL_MS
    liquidation_fee: Decimal = Decimal("0.0125")
    stuck_stop_every: int = 0

    def __post_init__(self) -> None:
        _require_address("rest_url", self.rest_url, "http")
        _require_address("stream_url", self.stream_url, "ws")
        if bool(self.rest_url) != bool(self.stream_url):
            raise ValueError("rest_url and stream_url belong together: give both or none")
        require_within("funding_rate_per_interval", self.funding_rate_per_interval, -1, 1)
        require_within("funding_interval_ms", self.funding_interval_ms, MINUTE_MS)
        require_within("liquidation_fee", self.liquidation_fee, 0, 1)
        require_within("stuck_stop_every", self.stuck_stop_every, 0)


@dataclass(frozen=True, slots=True)
class BinanceRules:
    """How Binance is spoken to. Raises ValueError for numbers that make no sense."""

    symbols: str = "BTCUSDT,ETHUSDT,SOLUSDT,XRPUSDT"
    prices: Literal["book", "mark"] = "book"
    stops_on: Literal["mark", "last"] = "mark"
    queue_size: int = 10_000
    longest_hole_ms: int = 4 * HOUR_MS
    connect_timeout_s: float = 3.0
    answer_timeout_s: float = 6.0
    receive_window_ms: int = 5_000
    compare_every_ms: int = 60_000

    def __post_init__(self) -> None:
        names = self.symbol_names
        if not names or not all(name.isalnum() and len(name) >= _SHORTEST_NAME for name in names):
            raise ValueError(f"symbols is {self.symbols!r}; it must be names with commas between them")
        require_within("queue_size", self.queue_size, 100)
        require_within("longest_hole_ms", self.longest_hole_ms, 0, 47 * HOUR_MS)
        require_within("connect_timeout_s", self.connect_timeout_s, 0.05, 60)
        require_within("answer_timeout_s", self.answer_timeout_s, 0.05, 60)
        require_within("receive_window_ms", self.receive_window_ms, 100, 60_000)
        require_within("compare_every_ms", self.compare_every_ms, 1_000)

    @property
    def symbol_names(self) -> tuple[str, ...]:
        """The symbols, each once."""
        return tuple(dict.fromkeys(name.strip().upper() for name in self.symbols.split(",") if name.strip()))


class LogLevel(StrEnum):
    """From which level on a line is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class LogRules:
    """What is logged to stderr, and how."""

    level: LogLevel = LogLevel.WARNING
    is_json: bool = False


SECRETS: Final = (
    "binance_api_key",
    "binance_api_secret",
    "database_url",
    "redis_url",
    "discord_webhook_url",
    "telegram_bot_token",
    "telegram_chat_id",
)

_PAIRS: Final = (("binance_api_key", "binance_api_secret"), ("telegram_bot_token", "telegram_chat_id"))

_SHORTEST_NAME: Final = 5
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "::1"})

LARGEST_WALLET: Final = 10**15

# Declared from the start, without a part of the service that listens to them yet.
NOBODY_LISTENS_YET: Final = (
    "database_url",
    "redis_url",
    "discord_webhook_url",
    "telegram_bot_token",
    "telegram_chat_id",
)


class Settings(BaseModel):
    """What the user may choose; rules keep their defaults where the rule is written."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True, str_strip_whitespace=True
    )

    disable_model_training: bool = False
    disable_websocket: bool = False
    disable_rest_fallback: bool = False
    explore_live: bool = False

    mode: Mode = Mode.PAPER
    structure: Literal["native", "reference"] = "native"
    confidence: Annotated[float, Field(ge=0, le=1)] | Literal["structure"] | None = None
    wallet: Annotated[Decimal, Field(gt=0, le=LARGEST_WALLET)] = Decimal(10_000)
    data_folder: Path = Path("var")

    setup: SetupRules = Field(default_factory=SetupRules)
    exits: ExitRules = Field(default_factory=ExitRules)
    sizing: SizingRules = Field(default_factory=SizingRules)
    leverage: LeverageRules = Field(default_factory=LeverageRules)
    gate: GateLimits = Field(default_factory=GateLimits)
    cross_margin: CrossMarginRules = Field(default_factory=CrossMarginRules)
    costs: TradingCosts = Field(default_factory=TradingCosts)
    venue: VenueRules = Field(default_factory=VenueRules)
    binance: BinanceRules = Field(default_factory=BinanceRules)
    structure_rules: StructureConfig = Field(default_factory=StructureConfig)
    learning: LearningRules = Field(default_factory=LearningRules)
    logs: LogRules = Field(default_factory=LogRules)

    binance_api_key: SecretStr | None = None
    binance_api_secret: SecretStr | None = None
    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    discord_webhook_url: SecretStr | None = None
    telegram_bot_token: SecretStr | None = None
    telegram_chat_id: SecretStr | None = None

    @model_validator(mode="after")
    def _has_whole_pairs(self) -> Self:
        torn = [
            f"{one.upper()} and {other.upper()} belong together: set both or none"
            for one, other in _PAIRS
            if (getattr(self, one) is None) != (getattr(self, other) is None)
        ]
        if torn:
            raise ValueError("\n".join(torn))
        return self

    @model_validator(mode="after")
    def _has_whole_minutes(self) -> Self:
        step_ms = self.structure_rules.base_step_ms
        if step_ms % MINUTE_MS:
            raise ValueError(
                f"structure_rules.base_step_ms is {step_ms}; it must be a whole number of minutes"
            )
        return self

    def without_effect_yet(self) -> list[str]:
        """Name what is set although no part of the service listens to it yet.

        Switches and secrets are named by their environment variable.
        """
        untouched = type(self)()
        chosen = [
            name for name in NOBODY_LISTENS_YET if attrgetter(name)(self) != attrgetter(name)(untouched)
        ]
        return [name if "." in name else name.upper() for name in chosen]

    def secret_values(self) -> tuple[str, ...]:
        """Give the plain secrets, for whoever must keep them out of a text."""
        secrets: list[SecretStr | None] = [getattr(self, name) for name in SECRETS]
        return tuple(secret.get_secret_value() for secret in secrets if secret is not None)

    def as_header(self) -> dict[str, object]:
        """Give the settings as plain JSON for a journal, Decimals as text, secrets left out."""
        return self.model_dump(mode="json", exclude=set(SECRETS))


def _require_address(name: str, address: str, scheme: str) -> None:
    """Refuse what is no base address, and an open line to another machine. Raises ValueError."""
    if not address:
        return
    parts = urlsplit(address)
    if parts.scheme not in {scheme, f"{scheme}s"} or not parts.hostname or parts.query or parts.username:
        raise ValueError(f"{name} is {address!r}; it must be an address such as {scheme}s://host")
    if parts.scheme == scheme and parts.hostname not in _THIS_MACHINE:
        raise ValueError(f"{name} is {address!r}; only to this machine may it be {scheme}:// without TLS")
