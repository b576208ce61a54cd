"""What the exchange allows, charges and pays for one contract, and how it behaves where nobody knows."""

from dataclasses import dataclass
from decimal import Decimal

from domain.market.funding import FUNDING_INTERVAL_MS
from domain.market.instrument import Instrument


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """One contract: its grid, how far from the mark orders may go, and the fee of a forced close.

    Bands are fractions of the mark price; `funding_rate` is paid by longs per interval.
    """

    instrument: Instrument
    price_band: Decimal = Decimal("0.05")
    market_take_bound: Decimal = Decimal("0.05")
    trigger_protect: Decimal = Decimal("0.05")
    liquidation_fee: Decimal = Decimal("0.0125")
    funding_rate: Decimal = Decimal("0.0001")
    funding_interval_ms: int = FUNDING_INTERVAL_MS
    status: str = "TRADING"


@dataclass(frozen=True, slots=True)
class ExchangeHabits:
    """Fees, and either answer to what is contested about the real venue.

    `share_at_touch` is the part of a market trade at exactly our price that fills us; a trade
    through our price always fills us whole. Where no book is shown, as on candles, market orders wait
    for the next price, every order fills whole, and a taker pays `slippage`, a fraction, beyond the
    price. `stuck_stop_every` n above zero lets every n-th stop that fires hang without acting, as
    happened on the venue's demo system in October 2026; targets are not counted.
    """

    maker_fee: Decimal = Decimal("0.0002")
    taker_fee: Decimal = Decimal("0.0005")
    share_at_touch: Decimal = Decimal("0.2")
    first_leverage: int = 20
    is_post_only_refused: bool = True
    is_fill_or_kill_refused: bool = True
    is_reduce_only_stop_refused_when_flat: bool = False
    does_countdown_cancel_stops: bool = False
    do_triggered_orders_keep_their_name: bool = True
    is_book_shown: bool = True
    slippage: Decimal = Decimal(0)
    stuck_stop_every: int = 0
