from decimal import Decimal

from application.decision import DecisionDraft
from application.desk_account import DeskAccount
from domain.market.direction import Direction
from domain.market.timeframe import DAY_MS, HOUR_MS
from domain.position.account import LedgerKind
from domain.tape import FundingSettled, OrderFilled, SessionOpened
from tests.application.drill import BTC, ENTRY, TEN_O_CLOCK, WALLET, Drill, a_book
from tests.application.sample_trades import LOST, WON

MIDNIGHT = TEN_O_CLOCK - 10 * HOUR_MS + DAY_MS


def opened(drill: Drill | None = None) -> tuple[DeskAccount, DecisionDraft]:
    """Open an account over the books of a drill, or over one idle book."""
    account, draft = DeskAccount(drill.books if drill else {BTC: a_book()}), DecisionDraft()
    account.start_day(TEN_O_CLOCK, draft)
    account.open(SessionOpened(TEN_O_CLOCK, WALLET), draft)
    return account, draft


def long_of_ten_at_100(last_price: float) -> Drill:
    drill = Drill()
    drill.enter()
    drill.book().last_price = last_price
    return drill


def test_an_account_opens_with_one_ledger_entry_and_one_mark() -> None:
    account, draft = opened()
    assert account.wallet == account.equity == WALLET
    assert [entry.kind for entry in draft.ledger] == [LedgerKind.OPENING]
    assert [mark.at_ms for mark in draft.marks] == [TEN_O_CLOCK]


def test_equity_values_what_is_open_at_the_last_price() -> None:
    account, _ = opened(long_of_ten_at_100(101.25))
    assert account.equity == WALLET + Decimal("12.5")
    assert account.wallet == WALLET


def test_a_fill_is_booked_with_its_own_figures() -> None:
    drill = Drill()
    drill.offer()
    event = drill.venue.fill(drill.venue.live(ENTRY)[0])
    assert isinstance(event, OrderFilled)
    account, draft = opened()
    account.book_fill(event.fill, draft)
    assert account.wallet == WALLET - Decimal("0.2")
    assert sum(entry.amount for entry in draft.ledger) == account.wallet


def test_funding_is_booked_and_named_after_its_symbol() -> None:
    account, draft = opened()
    account.book_funding(FundingSettled(TEN_O_CLOCK, BTC, Decimal("0.0001"), Decimal("-0.3")), draft)
    assert account.wallet == WALLET - Decimal("0.3")
    assert (draft.ledger[-1].kind, draft.ledger[-1].reference) == (LedgerKind.FUNDING, BTC)


def test_a_day_begins_once_and_is_marked_at_its_first_event() -> None:
    account, draft = opened()
    for at_ms in (MIDNIGHT - 1, MIDNIGHT, MIDNIGHT + 1, MIDNIGHT + DAY_MS - 1):
        account.start_day(at_ms, draft)
    assert [mark.at_ms for mark in draft.marks] == [TEN_O_CLOCK, MIDNIGHT]


def test_days_without_any_event_are_passed_over() -> None:
    account, draft = opened()
    account.start_day(MIDNIGHT + 3 * DAY_MS + 5, draft)
    account.start_day(MIDNIGHT + 3 * DAY_MS + 6, draft)
    assert [mark.at_ms for mark in draft.marks] == [TEN_O_CLOCK, MIDNIGHT + 3 * DAY_MS + 5]


def test_the_day_is_measured_from_the_equity_at_its_start() -> None:
    drill = long_of_ten_at_100(110.0)
    account, draft = opened(drill)
    assert account.portfolio(drill.book()).day_start_equity == WALLET
    account.start_day(MIDNIGHT, draft)
    assert account.portfolio(drill.book()).day_start_equity == WALLET + 100


def test_the_peak_is_the_highest_equity_ever_seen() -> None:
    drill = long_of_ten_at_100(110.0)
    account, _ = opened(drill)
    assert account.portfolio(drill.book()).peak_equity == WALLET + 100
    drill.book().last_price = 90.0
    portfolio = account.portfolio(drill.book())
    assert (portfolio.peak_equity, portfolio.equity) == (WALLET + 100, WALLET - 100)


def test_an_entry_in_flight_is_shown_as_if_it_were_filled() -> None:
    drill = Drill()
    drill.offer()
    account, _ = opened(drill)
    [exposure] = account.portfolio(drill.book()).exposures
    assert (exposure.symbol, exposure.direction) == (BTC, Direction.LONG)
    assert (exposure.notional, exposure.margin) == (Decimal(1000), Decimal(1000))


def test_what_is_held_is_shown_at_its_last_price() -> None:
    drill = long_of_ten_at_100(110.0)
    account, _ = opened(drill)
    [exposure] = account.portfolio(drill.book()).exposures
    assert exposure.notional == Decimal(1100)


def test_an_idle_book_is_no_exposure_and_its_data_is_as_old_as_its_last_candle() -> None:
    drill = Drill()
    drill.candle(100.5)
    account, _ = opened(drill)
    portfolio = account.portfolio(drill.book())
    assert portfolio.exposures == ()
    assert portfolio.data_at_ms == drill.now_ms


def test_closed_trades_make_the_record_and_are_marked() -> None:
    account, draft = opened()
    account.book_trade(LOST, draft)
    assert account.record.losses_in_a_row == 1
    assert account.portfolio(a_book()).last_loss_at_ms == LOST.closed_at_ms
    account.book_trade(WON, draft)
    assert (account.record.closed_trades, account.record.losses_in_a_row) == (2, 0)
    assert [mark.at_ms for mark in draft.marks][1:] == [LOST.closed_at_ms, WON.closed_at_ms]
