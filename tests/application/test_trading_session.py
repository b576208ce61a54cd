import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from application.decision import encode
from application.ports.candle_tape import TapeRefused
from application.ports.journal import JournalFailed
from application.ports.trade_store import DecisionRecord, StoreFailed
from application.session_tally import SessionTally
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from domain.halt import TradingHalt
from domain.position.closed_trade import ClosedTrade
from domain.tape import Event, PriceMoved
from tests.application.drill import ENTRY, STOP, Drill
from tests.fakes.recorder_of_calls import NotedBroker, NotedClock, NotedJournal, NotedStore, ScriptedFeed
from tests.fakes.structure_engine import OFFERS_A_LONG


class FullDisk(NotedJournal):
    """A journal whose disk is full from the third event on."""

    def record(self, event: Event) -> None:
        if len(self.events) == 2:
            raise JournalFailed("no space left on the disk")
        super().record(event)


class TornTape(ScriptedFeed):
    """A feed whose file breaks off behind its last event."""

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for event in super().__aiter__():
            yield event
        raise TapeRefused("tape.csv", 7, "is truncated")


class DownStore(NotedStore):
    """A store whose server is away."""

    async def keep(self, trades: Sequence[ClosedTrade], decisions: Sequence[DecisionRecord]) -> None:
        raise StoreFailed(f"no place for {len(trades)} trades and {len(decisions)} decisions")


class Played:
    """A session over given events, with every call to a port noted in order."""

    def __init__(
        self,
        events: Sequence[Event],
        *,
        is_prompt: bool = False,
        journal: type[NotedJournal] = NotedJournal,
        feed: type[ScriptedFeed] = ScriptedFeed,
        store: type[NotedStore] = NotedStore,
    ) -> None:
        self.calls: list[str] = []
        self.drill = Drill(is_opened=False)
        self.drill.engine().market = OFFERS_A_LONG
        self.clock = NotedClock(self.calls)
        self.journal = journal(self.calls)
        self.broker = NotedBroker(self.calls)
        self.store = store(self.calls)
        self.session = TradingSession(
            feed(events, self.calls),
            self.clock,
            self.journal,
            self.drill.desk,
            self.broker,
            UnifiedTradeRecorder(self.store, is_prompt=is_prompt),
        )

    def run(self) -> SessionTally:
        return asyncio.run(self.session.run())


def a_whole_trade() -> Drill:
    drill = Drill()
    drill.enter()
    drill.fill(STOP)
    return drill


def test_an_event_is_on_record_before_it_is_decided_and_a_decision_before_it_is_sent() -> None:
    drill = Drill()
    drill.offer()
    played = Played(drill.events)
    played.run()
    assert played.calls == [
        *("feed SessionOpened", "clock", "record", "note"),
        *("feed CandleClosed", "clock", "record", "note", "submit entry"),
        "keep",
    ]


def test_orders_go_out_before_cancels() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.end()
    played = Played(drill.events)
    played.run()
    assert played.calls[-4:] == ["note", "submit exit", "cancel", "keep"]
    assert played.broker.cancelled == [("BTCUSDT", drill.venue.live(ENTRY)[0])]


def test_the_clock_shows_the_time_of_the_event() -> None:
    drill = a_whole_trade()
    played = Played(drill.events)
    played.run()
    assert played.clock.now_ms() == drill.now_ms


def test_the_journal_holds_every_event_and_every_decision() -> None:
    drill = a_whole_trade()
    played = Played(drill.events)
    played.run()
    assert played.journal.events == drill.events
    assert played.journal.decisions == [encode(decision) for decision in drill.told.decisions]


def test_the_recorder_is_flushed_at_the_end() -> None:
    drill = a_whole_trade()
    played = Played(drill.events)
    tally = played.run()
    assert played.store.kept == drill.told.trades
    assert len(played.store.told) == 1
    assert played.calls.count("keep") == 1
    assert (tally.events, tally.candles, tally.orders, tally.trades) == (len(drill.events), 1, 3, 1)


def test_a_prompt_session_stores_a_trade_as_soon_as_it_is_closed() -> None:
    drill = a_whole_trade()
    drill.price(99.0)
    played = Played(drill.events, is_prompt=True)
    played.run()
    assert played.calls.index("keep") < played.calls.index("feed PriceMoved")


def test_what_was_closed_before_a_halt_is_stored_and_nothing_more_is_sent() -> None:
    drill = a_whole_trade()
    stranger = PriceMoved(drill.now_ms, "DOGEUSDT", 1.0)
    played = Played([*drill.events, stranger])
    with pytest.raises(TradingHalt, match="DOGEUSDT"):
        played.run()
    assert played.store.kept == drill.told.trades
    assert played.calls[-2:] == ["record", "keep"]


def test_what_was_closed_before_the_tape_broke_off_is_stored() -> None:
    drill = a_whole_trade()
    played = Played(drill.events, feed=TornTape)
    with pytest.raises(TapeRefused, match="row 7"):
        played.run()
    assert played.store.kept == drill.told.trades


def test_a_store_that_is_down_at_the_end_is_told() -> None:
    played = Played(a_whole_trade().events, store=DownStore)
    with pytest.raises(StoreFailed):
        played.run()


def test_an_event_that_cannot_be_recorded_is_not_decided_on() -> None:
    drill = a_whole_trade()
    played = Played(drill.events, journal=FullDisk)
    with pytest.raises(JournalFailed):
        played.run()
    assert len(played.broker.submitted) == 1
    assert played.calls[-1] == "keep"
