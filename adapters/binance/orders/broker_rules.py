"""Every number of the broker."""

from dataclasses import dataclass, field

from adapters.binance.orders.contract_watch import ContractWatchRules
from adapters.binance.orders.countdown_duty import CountdownRules
from adapters.binance.orders.evidence_rules import EvidenceRules
from adapters.binance.wire.order_requests import TriggeredBy


@dataclass(frozen=True, slots=True)
class BrokerRules:
    """How the broker works, but for the patience it has with single orders.

    `most_requests` may be under way at once, `most_other_requests` of them for what neither protects nor
    cancels. The account is compared every `compare_every_ms`, and after a difference every
    `compare_again_ms`. What happened while a session was broken off is looked for `longest_takeover_ms`
    long before the session goes on.
    """

    evidence: EvidenceRules = field(default_factory=EvidenceRules)
    countdown: CountdownRules = field(default_factory=CountdownRules)
    contracts: ContractWatchRules = field(default_factory=ContractWatchRules)
    triggered_by: TriggeredBy = TriggeredBy.MARK
    wallet_asset: str = "USDT"
    compare_every_ms: int = 60_000
    compare_again_ms: int = 2_000
    differences_looked_into: int = 1
    longest_takeover_ms: int = 10_000
    most_requests: int = 8
    most_other_requests: int = 4
    look_every_s: float = 0.1
