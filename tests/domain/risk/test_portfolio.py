from decimal import Decimal

from domain.market.direction import Direction
from domain.risk.portfolio import Exposure, Portfolio


def test_an_entry_in_flight_and_a_position_look_the_same() -> None:
    held = Exposure("BTCUSDT", Direction.LONG, Decimal(1000), Decimal(500))
    portfolio = Portfolio(
        equity=Decimal(10_000),
        day_start_equity=Decimal(10_000),
        peak_equity=Decimal(10_000),
        exposures=(held,),
        losses_in_a_row=0,
        last_loss_at_ms=None,
        data_at_ms=0,
        is_reconciled=True,
    )
    assert portfolio.exposures[0] == ("BTCUSDT", Direction.LONG, Decimal(1000), Decimal(500))
