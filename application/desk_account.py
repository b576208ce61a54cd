"""The desk's own account: the wallet, its peak, and how the last trades went."""

from collections.abc import Mapping
from decimal import Decimal

from application.decision import DecisionDraft, EquityMark
from application.symbol_book import SymbolBook
from domain.market.timeframe import DAY_MS
from domain.orders.fill import Fill
from domain.position.account import Account, Booking, open_account
from domain.position.closed_trade import ClosedTrade
from domain.position.track_record import TrackRecord
from domain.position.trade_plan import TradePlan
from domain.risk.portfolio import Exposure, Portfolio
from domain.tape import FundingSettled, SessionOpened, WalletMoved


class DeskAccount:
    """Books what the tape says, and values what is open at the last prices."""

    def __init__(self, busy: Mapping[str, SymbolBook]) -> None:
        self._busy = busy
        self._account = Account(Decimal(0))
        self._record = TrackRecord()
        self._peak_equity = Decimal(0)
        self._day_start_equity = Decimal(0)
        self._next_day_ms = 0

    @property
    def wallet(self) -> Decimal:
        """The wallet as the fills and payments of the tape made it."""
        return self._account.wallet

    @property
    def record(self) -> TrackRecord:
        """How the closed trades went."""
        return self._record

    @property
    def equity(self) -> Decimal:
        """The wallet with every open position valued at its last price."""
        unrealized = Decimal(0)
        for book in self._busy.values():
            if book.trade is not None:
                unrealized += book.trade.position.unrealized_pnl(book.price)
        return self._account.equity(unrealized)

    def held(self) -> dict[str, Decimal]:
        """Give the signed quantity of every open position by symbol."""
        return {
            symbol: book.trade.position.signed_quantity
            for symbol, book in self._busy.items()
            if book.trade is not None
        }

    def open(self, event: SessionOpened, draft: DecisionDraft) -> None:
        """Start with the venue's wallet balance."""
        self._take(open_account(event.wallet, event.at_ms), draft)
        self._day_start_equity = event.wallet
        self.mark(event.at_ms, draft)

    def start_day(self, at_ms: int, draft: DecisionDraft) -> None:
        """Mark the equity when a UTC day has begun; cheap on every other call."""
        if at_ms < self._next_day_ms:
            return
        is_first = self._next_day_ms == 0
        self._next_day_ms = at_ms - at_ms % DAY_MS + DAY_MS
        if not is_first:
            self._day_start_equity = self.mark(at_ms, draft)

    def book_fill(self, fill: Fill, draft: DecisionDraft) -> None:
        """Book the venue's realised P&L and fee."""
        self._take(self._account.after_fill(fill), draft)

    def book_funding(self, event: FundingSettled, draft: DecisionDraft) -> None:
        """Book a funding payment."""
        self._take(self._account.after_funding(event.payment, event.at_ms, event.symbol), draft)

    def book_move(self, event: WalletMoved, draft: DecisionDraft) -> None:
        """Book what moved the wallet beside trading; money paid in or out is neither profit nor loss."""
        self._take(self._account.after_move(event.amount, event.at_ms, event.reason), draft)
        if event.is_transfer:
            self._day_start_equity += event.amount
            self._peak_equity += event.amount

    def book_trade(self, trade: ClosedTrade, draft: DecisionDraft) -> None:
        """Remember how a trade ended."""
        self._record = self._record.after(trade)
        self.mark(trade.closed_at_ms, draft)

    def mark(self, at_ms: int, draft: DecisionDraft) -> Decimal:
        """Put the equity of this moment on record, and give it."""
        equity = self.equity
        self._peak_equity = max(self._peak_equity, equity)
        draft.marks.append(EquityMark(at_ms, self.wallet, equity))
        return equity

    def portfolio(self, book: SymbolBook, *, is_reconciled: bool = True) -> Portfolio:
        """Show the account to the risk gate; an entry in flight counts as if it were filled."""
        equity = self.equity
        self._peak_equity = max(self._peak_equity, equity)
        return Portfolio(
            equity=equity,
            day_start_equity=self._day_start_equity,
            peak_equity=self._peak_equity,
            exposures=tuple(
                _exposure(held, held.plan) for held in self._busy.values() if held.plan is not None
            ),
            losses_in_a_row=self._record.losses_in_a_row,
            last_loss_at_ms=self._record.last_loss_at_ms,
            data_at_ms=book.data_at_ms,
            is_reconciled=is_reconciled,
        )

    def _take(self, booking: Booking, draft: DecisionDraft) -> None:
        self._account = booking.account
        draft.ledger.extend(booking.entries)


def _exposure(book: SymbolBook, plan: TradePlan) -> Exposure:
    """Value the whole planned quantity, what is held at its last price and what waits at its own."""
    setup = plan.setup
    price = setup.entry if book.trade is None else book.price
    return Exposure(setup.symbol, setup.direction, plan.quantity * price, plan.initial_margin)
