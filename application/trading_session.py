"""The one loop: live, paper, replay and backtest."""

from application.decision import STAND_ASIDE, Decision, encode
from application.learner import Learner
from application.ports.broker import Broker
from application.ports.clock import Clock
from application.ports.feed import Feed
from application.ports.journal import Journal
from application.session_tally import SessionTally
from application.trading_desk import TradingDesk
from application.unified_trade_recorder import UnifiedTradeRecorder
from domain.tape import Event


class TradingSession:
    """Takes events one by one: remember, decide, remember, act; a learner, if there is one, looks on."""

    def __init__(
        self,
        feed: Feed,
        clock: Clock,
        journal: Journal,
        desk: TradingDesk,
        broker: Broker,
        recorder: UnifiedTradeRecorder,
        learner: Learner | None = None,
    ) -> None:
        self._feed = feed
        self._clock = clock
        self._journal = journal
        self._desk = desk
        self._broker = broker
        self._recorder = recorder
        self._learner = learner

    async def run(self, so_far: SessionTally | None = None) -> SessionTally:
        """Trade until the feed ends, and tell what came of it, added to what came of it `so_far`.

        Raises TradingHalt, JournalFailed, StoreFailed, or what the feed raises; whatever ends it, what was
        closed before is offered to the store.
        """
        tally = SessionTally() if so_far is None else so_far
        try:
            await self._trade(tally)
        finally:
            await self._recorder.write_if_possible()
        await self._recorder.flush()
        return tally

    async def _trade(self, tally: SessionTally) -> None:
        async for event in self._feed:
            decision = self._decide(event)
            if decision is not STAND_ASIDE:
                await self._act(decision)
            if self._learner is not None:
                await self._learner.follow(event, decision)
            tally.count(event, decision)

    def _decide(self, event: Event) -> Decision:
        self._clock.advance_to(event.at_ms)
        self._journal.record(event)
        decision = self._desk.on_event(event)
        if self._journal.is_kept:
            self._journal.note(encode(decision))
        return decision

    async def _act(self, decision: Decision) -> None:
        for order in decision.orders:
            await self._broker.submit(order)
        for cancel in decision.cancels:
            await self._broker.cancel(cancel.symbol, cancel.order_id)
        await self._recorder.take(decision)
