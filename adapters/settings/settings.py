"""Every setting of the service in one typed, unchangeable object."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from domain.allowed_range import require_above_zero, require_within
from domain.exits.exit_rules import ExitRules
from domain.market.funding import FUNDING_INTERVAL_MS
from domain.market.trading_costs import TradingCosts
from domain.risk.cross_margin_guard import CrossMarginRules
from domain.risk.gate_limits import GateLimits
from domain.risk.leverage import LeverageRules
from domain.risk.position_sizer import SizingRules
from domain.setup.setup_rules import SetupRules
from domain.structure.structure_config import StructureConfig


@dataclass(frozen=True, slots=True)
class SimulatedVenueRules:
    """What the simulated venue charges beside the costs, and how it misbehaves.

    Raises ValueError for numbers that make no sense.
    """

    funding_rate_per_interval: Decimal = Decimal("0.0001")
    funding_interval_ms: int = FUNDING_INTERVAL_MS
    liquidation_fee: Decimal = Decimal("0.0125")
    stuck_stop_every: int = 0

    def __post_init__(self) -> None:
        require_within("funding_rate_per_interval", self.funding_rate_per_interval, -1, 1)
        require_above_zero("funding_interval_ms", self.funding_interval_ms)
        require_within("liquidation_fee", self.liquidation_fee, 0, 1)
        require_within("stuck_stop_every", self.stuck_stop_every, 0)


class LogLevel(StrEnum):
    """From which level on a line is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class LogRules:
    """What is logged to stderr, and how."""

    level: LogLevel = LogLevel.INFO
    is_json: bool = False


def _sound(costs: TradingCosts) -> TradingCosts:
    require_within("maker_fee", costs.maker_fee, -0.01, 0.05)
    require_within("taker_fee", costs.taker_fee, -0.01, 0.05)
    require_within("slippage", costs.slippage, 0, 0.1)
    return costs


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

# Declared from the start, without a part of the service that listens to them yet.
NOBODY_LISTENS_YET: Final = (
    "disable_model_training",
    "disable_websocket",
    "disable_rest_fallback",
    "explore_live",
    *SECRETS,
)

_FRAMES_READ_BY: Final = ("setup", "exits")
_FRAME_STEPS: Final = ("base_step_ms", "middle_step_ms")


class Settings(BaseModel):
    """What the user may choose; rules keep their defaults where the rule is written."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True, str_strip_whitespace=True
    )

    disable_model_training: bool = False
    disable_websocket: bool = False
    disable_rest_fallback: bool = False
    explore_live: bool = False

    structure: Literal["native", "reference"] = "native"
    confidence: Annotated[float, Field(ge=0, le=1)] | Literal["structure"] | None = None
    wallet: Annotated[Decimal, Field(gt=0)] = Decimal(10_000)
    data_folder: Path = Path("var")

    setup: SetupRules = Field(default_factory=SetupRules)
    exits: ExitRules = Field(default_factory=ExitRules)
    sizing: SizingRules = Field(default_factory=SizingRules)
    leverage: LeverageRules = Field(default_factory=LeverageRules)
    gate: GateLimits = Field(default_factory=GateLimits)
    cross_margin: CrossMarginRules = Field(default_factory=CrossMarginRules)
    costs: Annotated[TradingCosts, AfterValidator(_sound)] = Field(default_factory=TradingCosts)
    venue: SimulatedVenueRules = Field(default_factory=SimulatedVenueRules)
    structure_rules: StructureConfig = Field(default_factory=StructureConfig)
    logs: LogRules = Field(default_factory=LogRules)

    binance_api_key: SecretStr | None = None
    binance_api_secret: SecretStr | None = None
    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    discord_webhook_url: SecretStr | None = None
    telegram_bot_token: SecretStr | None = None
    telegram_chat_id: SecretStr | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        problems = [*self._torn_pairs(), *self._frames_apart()]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _torn_pairs(self) -> list[str]:
        torn = [
            pair for pair in _PAIRS if (getattr(self, pair[0]) is None) != (getattr(self, pair[1]) is None)
        ]
        return [f"{one.upper()} and {other.upper()} belong together: set both or none" for one, other in torn]

    def _frames_apart(self) -> list[str]:
        problems = []
        for group in _FRAMES_READ_BY:
            for step in _FRAME_STEPS:
                own, engine = getattr(getattr(self, group), step), getattr(self.structure_rules, step)
                if own != engine:
                    problems.append(
                        f"{group}.{step} is {own}, structure_rules.{step} is {engine}: make them equal"
                    )
        return problems

    def without_effect_yet(self) -> list[str]:
        """Name what is set although no part of the service listens to it yet, by its environment variable."""
        fields = type(self).model_fields
        chosen = [name for name in NOBODY_LISTENS_YET if getattr(self, name) != fields[name].default]
        return [name.upper() for name in chosen]

    def secret_values(self) -> tuple[str, ...]:
        """Give the plain secrets, for whoever must keep them out of a text."""
        secrets: list[SecretStr | None] = [getattr(self, name) for name in SECRETS]
        return tuple(secret.get_secret_value() for secret in secrets if secret is not None)

    def as_header(self) -> dict[str, object]:
        """Give the settings as plain JSON for a journal, Decimals as text, secrets left out."""
        return self.model_dump(mode="json", exclude=set(SECRETS))


def follow_the_frames(given: Mapping[str, object]) -> dict[str, str]:
    """Name what follows from a chosen timeframe: `setup.base_step_ms` is `structure_rules.base_step_ms`.

    Only where the first is not given itself and the second is.
    """
    pairs = {
        f"{group}.{step}": f"structure_rules.{step}" for group in _FRAMES_READ_BY for step in _FRAME_STEPS
    }
    return {name: source for name, source in pairs.items() if source in given and name not in given}
