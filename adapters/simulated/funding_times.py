"""When the funding of each contract falls due."""

from collections.abc import Mapping

from adapters.simulated.exchange.contract_terms import ContractTerms
from domain.market.funding import next_funding_ms


class FundingTimes:
    """The moments of all contracts in their order; intervals count from midnight UTC."""

    def __init__(self, contracts: Mapping[str, ContractTerms]) -> None:
        self.next_ms = 0
        self._intervals_ms = {symbol: terms.funding_interval_ms for symbol, terms in contracts.items()}
        self._due_ms: dict[str, int] = {}

    def start_at(self, at_ms: int) -> None:
        """Begin with the moments that fall at this time or after it."""
        for symbol, interval_ms in self._intervals_ms.items():
            self._due_ms[symbol] = next_funding_ms(at_ms - 1, interval_ms)
        self.next_ms = min(self._due_ms.values())

    def take_next(self) -> list[str]:
        """Give the symbols that are due at the next moment, and go on to the one after it."""
        due = sorted(symbol for symbol, due_ms in self._due_ms.items() if due_ms == self.next_ms)
        for symbol in due:
            self._due_ms[symbol] += self._intervals_ms[symbol]
        self.next_ms = min(self._due_ms.values())
        return due
