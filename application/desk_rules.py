"""The numbers a desk trades by."""

from dataclasses import dataclass, field

from domain.exits.exit_rules import ExitRules
from domain.market.trading_costs import TradingCosts
from domain.risk.cross_margin_guard import CrossMarginRules
from domain.setup.setup_rules import SetupRules


@dataclass(frozen=True, slots=True)
class DeskRules:
    """The rules of entries, exits and costs, and of the margin all trades may use together.

    `longest_difference_ms` is how long the book may differ from the venue before trading stops.
    """

    setup: SetupRules = field(default_factory=SetupRules)
    exits: ExitRules = field(default_factory=ExitRules)
    costs: TradingCosts = field(default_factory=TradingCosts)
    cross_margin: CrossMarginRules = field(default_factory=CrossMarginRules)
    longest_difference_ms: int = 10_000
