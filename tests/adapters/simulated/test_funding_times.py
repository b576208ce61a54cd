from decimal import Decimal

from adapters.simulated.exchange.contract_terms import ContractTerms
from adapters.simulated.funding_times import FundingTimes
from domain.market.timeframe import HOUR_MS
from tests.order_samples import INSTRUMENT


def times(**hours: int) -> FundingTimes:
    return FundingTimes(
        {
            symbol: ContractTerms(INSTRUMENT, funding_rate=Decimal(0), funding_interval_ms=each * HOUR_MS)
            for symbol, each in hours.items()
        }
    )


def test_the_moment_at_which_it_starts_counts() -> None:
    funding = times(A=8)
    funding.start_at(8 * HOUR_MS)
    assert funding.next_ms == 8 * HOUR_MS
    funding.start_at(8 * HOUR_MS + 1)
    assert funding.next_ms == 16 * HOUR_MS


def test_contracts_of_several_intervals_come_in_their_order_and_together() -> None:
    funding = times(B=4, A=8)
    funding.start_at(1)
    taken = [(funding.next_ms // HOUR_MS, funding.take_next()) for _ in range(4)]
    assert taken == [(4, ["B"]), (8, ["A", "B"]), (12, ["B"]), (16, ["A", "B"])]
