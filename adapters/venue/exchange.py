"""What the venue needs of the exchange behind it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from adapters.venue.order_request import OrderRequest, StopRequest
from domain.market.direction import Side
from domain.market.instrument import Instrument


class Contract(Protocol):
    """The terms of one contract; bands are fractions of the mark price."""

    @property
    def instrument(self) -> Instrument: ...  # noqa: D102 - the grid
    @property
    def price_band(self) -> Decimal: ...  # noqa: D102 - how far a limit may lie from the mark
    @property
    def market_take_bound(self) -> Decimal: ...  # noqa: D102 - how far a market order may reach
    @property
    def trigger_protect(self) -> Decimal: ...  # noqa: D102 - the gap at which protected stops wait
    @property
    def liquidation_fee(self) -> Decimal: ...  # noqa: D102 - a fraction of notional
    @property
    def funding_rate(self) -> Decimal: ...  # noqa: D102 - per interval, paid by longs
    @property
    def funding_interval_ms(self) -> int: ...  # noqa: D102 - counted from 00:00 UTC
    @property
    def status(self) -> str: ...  # noqa: D102 - TRADING or what the venue calls it


class Fees(Protocol):
    """The fee rates of the account."""

    @property
    def maker_fee(self) -> Decimal: ...  # noqa: D102 - a fraction of notional
    @property
    def taker_fee(self) -> Decimal: ...  # noqa: D102 - a fraction of notional


class Order(Protocol):
    """A plain order as the exchange holds it; numbers of zero are none."""

    order_id: int
    client_id: str
    symbol: str
    side: Side
    position_side: str
    kind: str
    original_kind: str
    time_in_force: str
    quantity: Decimal
    price: Decimal
    is_reduce_only: bool
    good_till_ms: int
    price_match: str
    self_trade: str
    created_ms: int
    updated_ms: int
    stop_price: Decimal
    working_type: str
    closes_position: bool
    is_price_protected: bool
    status: str
    filled: Decimal
    filled_cost: Decimal
    expiry_reason: int
    modify_id: str

    @property
    def average_price(self) -> Decimal: ...  # noqa: D102 - of what traded
    @property
    def is_open(self) -> bool: ...  # noqa: D102 - whether it can still trade


class Stop(Protocol):
    """A conditional order as the exchange holds it."""

    algo_id: int
    client_id: str
    symbol: str
    side: Side
    position_side: str
    kind: str
    time_in_force: str
    quantity: Decimal
    price: Decimal
    trigger_price: Decimal
    working_type: str
    is_reduce_only: bool
    closes_position: bool
    is_price_protected: bool
    activate_price: Decimal
    callback_rate: Decimal
    good_till_ms: int
    price_match: str
    self_trade: str
    created_ms: int
    updated_ms: int
    status: str
    triggered_ms: int
    actual_order_id: int
    actual_kind: str
    filled: Decimal
    average_price: Decimal
    rejected_because: str
    is_activated: bool


class Trade(Protocol):
    """One execution of the account."""

    trade_id: int
    order_id: int
    symbol: str
    side: Side
    position_side: str
    price: Decimal
    quantity: Decimal
    fee: Decimal
    realized_pnl: Decimal
    is_maker: bool
    at_ms: int


class Income(Protocol):
    """One change of the wallet."""

    kind: str
    symbol: str
    amount: Decimal
    at_ms: int
    number: int
    trade_id: int


class Position(Protocol):
    """A position valued at the mark price; the amount is negative for a short."""

    symbol: str
    position_side: str
    amount: Decimal
    entry_price: Decimal
    break_even_price: Decimal
    mark_price: Decimal
    realized: Decimal
    unrealized: Decimal
    notional: Decimal
    leverage: int
    is_isolated: bool
    isolated_wallet: Decimal
    initial_margin: Decimal
    maintenance_margin: Decimal
    order_margin: Decimal
    liquidation_price: Decimal
    bid_notional: Decimal
    ask_notional: Decimal
    adl: int
    updated_ms: int


class Wallet(Protocol):
    """The account in the margin asset."""

    balance: Decimal
    cross_balance: Decimal
    unrealized: Decimal
    cross_unrealized: Decimal
    initial_margin: Decimal
    order_margin: Decimal
    maintenance_margin: Decimal
    available: Decimal
    updated_ms: int


class News(Protocol):
    """One thing that happened to the account."""

    kind: str
    at_ms: int
    symbol: str
    what: str
    amount: Decimal
    bid_notional: Decimal
    ask_notional: Decimal

    @property
    def order(self) -> Order | None: ...  # noqa: D102 - a copy of that moment
    @property
    def trade(self) -> Trade | None: ...  # noqa: D102 - the execution, if it was one
    @property
    def stop(self) -> Stop | None: ...  # noqa: D102 - a copy of that moment
    @property
    def wallet(self) -> Wallet | None: ...  # noqa: D102 - the wallet after it
    @property
    def positions(self) -> Sequence[Position]: ...  # noqa: D102 - the positions it changed


class Answer(Protocol):
    """Code zero and the thing done, or why not."""

    code: int
    message: str

    @property
    def order(self) -> Order | None: ...  # noqa: D102 - what was done
    @property
    def stop(self) -> Stop | None: ...  # noqa: D102 - what was done


class Exchange(Protocol):
    """Contracts, one account and its orders; whoever drives it tells market trades and the time."""

    @property
    def now_ms(self) -> int: ...  # noqa: D102 - its own time
    @property
    def is_hedged(self) -> bool: ...  # noqa: D102 - longs and shorts apart
    @property
    def has_multi_assets(self) -> bool: ...  # noqa: D102 - several assets as margin
    @property
    def contracts(self) -> Mapping[str, Contract]: ...  # noqa: D102 - by symbol
    @property
    def habits(self) -> Fees: ...  # noqa: D102 - what it charges

    def take_news(self) -> Sequence[News]: ...  # noqa: D102 - since the last call
    def open_minute(self, symbol: str, typical_volume: float) -> None: ...  # noqa: D102 - sizes the book
    def on_trade(  # noqa: D102 - a trade of the market
        self, symbol: str, price: float, quantity: float, mark: float, at_ms: int, *, is_buyer_maker: bool
    ) -> None: ...
    def on_time(self, at_ms: int) -> None: ...  # noqa: D102 - time passes
    def forget_old(self) -> None: ...  # noqa: D102 - what is too old to tell
    def settle_funding(self, symbol: str, at_ms: int) -> None: ...  # noqa: D102 - at the mark

    def place(self, asked: OrderRequest) -> Answer: ...  # noqa: D102 - limit or market
    def test(self, asked: OrderRequest) -> Answer: ...  # noqa: D102 - without doing it
    def cancel(self, symbol: str, order_id: int, client_id: str) -> Answer: ...  # noqa: D102 - by number or name
    def cancel_all(self, symbol: str) -> int: ...  # noqa: D102 - of one symbol
    def amend_by(  # noqa: D102 - by number or name
        self, order_id: int, client_id: str, asked: OrderRequest, modify_id: str
    ) -> Answer: ...
    def order(self, symbol: str, order_id: int, client_id: str) -> Order | None: ...  # noqa: D102 - open or over
    def open_orders(self, symbol: str | None) -> Sequence[Order]: ...  # noqa: D102 - oldest first
    def all_orders(self, symbol: str | None) -> Sequence[Order]: ...  # noqa: D102 - oldest first

    def place_stop(self, asked: StopRequest) -> Answer: ...  # noqa: D102 - conditional
    def cancel_stop(self, algo_id: int, client_id: str) -> Answer: ...  # noqa: D102 - by number or name
    def cancel_all_stops(self, symbol: str) -> int: ...  # noqa: D102 - of one symbol
    def stop(self, algo_id: int, client_id: str) -> Stop | None: ...  # noqa: D102 - waiting or over
    def open_stops(self, symbol: str | None) -> Sequence[Stop]: ...  # noqa: D102 - oldest first
    def all_stops(self, symbol: str | None) -> Sequence[Stop]: ...  # noqa: D102 - oldest first

    def set_countdown(self, symbol: str, countdown_ms: int) -> None: ...  # noqa: D102 - zero disarms
    def fire_countdowns(self) -> None: ...  # noqa: D102 - as if every armed one were over
    def set_leverage(self, symbol: str, leverage: int) -> Answer: ...  # noqa: D102 - per symbol
    def set_isolated(self, symbol: str, *, is_isolated: bool) -> Answer: ...  # noqa: D102 - per symbol
    def move_margin(  # noqa: D102 - into an isolated position, or out of it
        self, symbol: str, position_side: str, amount: Decimal
    ) -> Answer: ...
    def set_hedged(self, *, is_hedged: bool) -> Answer: ...  # noqa: D102 - per account
    def set_multi_assets(self, *, is_on: bool) -> Answer: ...  # noqa: D102 - per account
    def leverage(self, symbol: str) -> int: ...  # noqa: D102 - as it is set
    def is_isolated(self, symbol: str) -> bool: ...  # noqa: D102 - margined apart

    def wallet(self) -> Wallet: ...  # noqa: D102 - valued at the marks
    def positions(self, symbol: str | None = None) -> Sequence[Position]: ...  # noqa: D102 - flat ones too
    def live_positions(self) -> Sequence[Position]: ...  # noqa: D102 - held or with orders
    def trades(self, symbol: str | None) -> Sequence[Trade]: ...  # noqa: D102 - oldest first
    def income(self) -> Sequence[Income]: ...  # noqa: D102 - oldest first
    def deposit(self, amount: Decimal) -> None: ...  # noqa: D102 - negative takes out
    def liquidate(self, symbol: str) -> None: ...  # noqa: D102 - by force
    def deleverage(self, symbol: str) -> None: ...  # noqa: D102 - by force

    def mark_price(self, symbol: str) -> Decimal: ...  # noqa: D102 - zero before the first
    def last_price(self, symbol: str) -> Decimal: ...  # noqa: D102 - zero before the first
    def levels(  # noqa: D102 - best first, as (price, quantity)
        self, symbol: str, side: Side, most: int
    ) -> Sequence[tuple[Decimal, Decimal]]: ...
    def book_update_id(self, symbol: str) -> int: ...  # noqa: D102 - of the displayed book
    def change_contract_of(self, symbol: str, status: str, coarser: int) -> None: ...  # noqa: D102 - while trading
    def behave(  # noqa: D102 - either answer to what is contested
        self,
        *,
        is_post_only_refused: bool,
        is_fill_or_kill_refused: bool,
        is_reduce_only_stop_refused_when_flat: bool,
        does_countdown_cancel_stops: bool,
        do_triggered_orders_keep_their_name: bool,
    ) -> None: ...
