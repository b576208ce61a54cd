import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest

from adapters.memory.journal import MemoryJournal
from application.decision import encode
from application.replay import RecordedSession, ReplayDiffers
from application.session_tally import SessionTally
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from domain.tape import CandleClosed, Event, OrderFilled, PriceMoved, SessionOpened, SessionResumed
from tests.application.drill import ENTRY, EXIT, Drill
from tests.fakes.recorder_of_calls import NotedClock, NotedStore
from tests.fakes.structure_engine import OFFERS_A_LONG

Tamper = Callable[[Event, bytes], tuple[Event, bytes]]


def a_trade() -> Drill:
    drill = Drill(is_opened=False)
    drill.engine().market = OFFERS_A_LONG
    drill.tell(SessionOpened(drill.now_ms, Decimal(10_000)))
    drill.candle(100.5)
    drill.accept_all()
    drill.fill(ENTRY)
    drill.accept_all()
    drill.price(101.5)
    drill.fill(EXIT, price="101.5")
    drill.accept_all()
    drill.end()
    drill.fill(EXIT, price="101")
    return drill


def as_it_was(event: Event, decision: bytes) -> tuple[Event, bytes]:
    return event, decision


def journal_of(drill: Drill, tamper: Tamper = as_it_was) -> MemoryJournal:
    journal = MemoryJournal({})
    for event, decision in zip(drill.events, drill.told.decisions, strict=True):
        told, decided = tamper(event, encode(decision))
        journal.record(told)
        journal.note(decided)
    return journal


def replayed(journal: MemoryJournal) -> tuple[RecordedSession, SessionTally]:
    drill = Drill(is_opened=False)
    drill.engine().market = OFFERS_A_LONG
    recorded = RecordedSession(journal)
    recorder = UnifiedTradeRecorder(NotedStore([]), is_prompt=False)
    session = TradingSession(recorded, NotedClock([]), recorded, drill.desk, recorded, recorder)
    return recorded, asyncio.run(session.run())


def test_a_recorded_session_decides_the_same_again() -> None:
    drill = a_trade()
    recorded, tally = replayed(journal_of(drill))
    assert recorded.compared == tally.events == len(drill.events)
    assert tally.trades == 1


def test_an_empty_journal_replays_to_nothing() -> None:
    recorded, tally = replayed(MemoryJournal({}))
    assert recorded.compared == tally.events == 0


def test_the_first_difference_is_named() -> None:
    drill = a_trade()
    first = next(number for number, decision in enumerate(drill.told.decisions) if decision.orders)

    def other_sizes(event: Event, decision: bytes) -> tuple[Event, bytes]:
        return event, decision.replace(b'"quantity":"10.0"', b'"quantity":"10.1"')

    with pytest.raises(ReplayDiffers, match=f"event {first} \\(CandleClosed at") as raised:
        replayed(journal_of(drill, other_sizes))
    assert raised.value.sequence == first
    assert b'"10.1"' in raised.value.recorded
    assert b'"10.0"' in raised.value.decided


@pytest.mark.parametrize("cents", ["0.01", "-0.01"])
def test_a_fill_changed_by_a_cent_is_caught(cents: str) -> None:
    def other_fee(event: Event, decision: bytes) -> tuple[Event, bytes]:
        if isinstance(event, OrderFilled):
            event = event._replace(fill=event.fill._replace(fee=event.fill.fee + Decimal(cents)))
        return event, decision

    with pytest.raises(ReplayDiffers, match="OrderFilled"):
        replayed(journal_of(a_trade(), other_fee))


def test_a_candle_that_no_longer_gives_the_entry_is_caught() -> None:
    def other_close(event: Event, decision: bytes) -> tuple[Event, bytes]:
        if isinstance(event, CandleClosed):
            event = event._replace(candle=event.candle._replace(close=104.0, high=104.0))
        return event, decision

    with pytest.raises(ReplayDiffers, match="stand aside"):
        replayed(journal_of(a_trade(), other_close))


def test_a_decision_taken_out_is_caught() -> None:
    def nothing_decided(event: Event, decision: bytes) -> tuple[Event, bytes]:
        return event, b"" if isinstance(event, PriceMoved) else decision

    with pytest.raises(ReplayDiffers, match="the journal says stand aside"):
        replayed(journal_of(a_trade(), nothing_decided))


def test_a_session_killed_before_its_last_decision_was_kept_replays() -> None:
    drill = a_trade()
    journal = MemoryJournal({})
    for event, decision in zip(drill.events[:-1], drill.told.decisions[:-1], strict=True):
        journal.record(event)
        journal.note(encode(decision))
    journal.record(drill.events[-1])
    recorded, tally = replayed(journal)
    assert recorded.compared == tally.events == len(drill.events)


def test_a_last_decision_that_was_kept_is_compared() -> None:
    drill = a_trade()
    last = drill.events[-1]

    def other_end(event: Event, decision: bytes) -> tuple[Event, bytes]:
        return event, b"{}" if event is last else decision

    with pytest.raises(ReplayDiffers):
        replayed(journal_of(drill, other_end))


def test_a_replay_takes_no_event_of_its_own() -> None:
    recorded = RecordedSession(MemoryJournal({}))
    with pytest.raises(LookupError, match="only the events it gave"):
        recorded.record(PriceMoved(1, "BTCUSDT", 1.0))
    with pytest.raises(LookupError, match="nothing was replayed"):
        recorded.note(b"")


def test_an_equal_event_that_is_not_the_one_given_is_refused() -> None:
    journal = MemoryJournal({})
    journal.record(PriceMoved(1, "BTCUSDT", 1.0))

    async def take_another() -> None:
        recorded = RecordedSession(journal)
        async for _ in recorded:
            recorded.record(PriceMoved(1, "BTCUSDT", 1.0))

    with pytest.raises(LookupError):
        asyncio.run(take_another())


def test_a_session_that_ended_is_whole_and_one_that_was_killed_is_not() -> None:
    whole, _ = replayed(journal_of(a_trade()))
    assert whole.is_whole
    killed = MemoryJournal({})
    for entry in list(journal_of(a_trade()).entries())[:5]:
        killed.record(entry.event)
        killed.note(entry.decision)
    cut, _ = replayed(killed)
    assert (cut.compared, cut.is_whole) == (5, False)


def test_what_was_decided_last_and_never_written_is_told() -> None:
    drill = a_trade()
    journal = MemoryJournal({})
    decided = [encode(decision) for decision in drill.told.decisions]
    for event, decision in zip(drill.events[:-1], decided[:-1], strict=True):
        journal.record(event)
        journal.note(decision)
    assert replayed(journal)[0].unwritten == b""
    journal.record(drill.events[-1])
    assert replayed(journal)[0].unwritten == decided[-1] != b""


def test_a_session_that_went_on_after_its_end_is_whole_once_it_ended_again() -> None:
    drill = Drill(is_opened=False)
    drill.engine().market = OFFERS_A_LONG
    drill.tell(SessionOpened(drill.now_ms, Decimal(10_000)))
    drill.end()
    assert replayed(journal_of(drill))[0].is_whole
    drill.tell(SessionResumed(drill.now_ms))
    assert not replayed(journal_of(drill))[0].is_whole
    drill.end()
    assert replayed(journal_of(drill))[0].is_whole
