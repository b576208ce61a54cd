import asyncio
from collections.abc import AsyncIterator, Sequence

from adapters.memory.model_registry import MemoryModelRegistry
from adapters.memory.sample_book import MemorySampleBook
from adapters.system.clock import TapeClock
from application.decision import STAND_ASIDE, Decision
from application.learner import Learner
from application.learning_cycle import LearningCycle
from application.news_inbox import NewsInbox
from application.ports.sample_book import Lessons
from application.ports.trade_store import StoreFailed
from application.shadow_desk import ShadowDesk
from domain.learning.drift import DriftState
from domain.learning.model_history import Happening, What
from domain.tape import ChampionChanged, Event, SessionOpened, TimePassed
from tests.application.drill import TEN_O_CLOCK, WALLET
from tests.learning_samples import a_closed_trade
from tests.learning_steps import RULES, SELDOM, a_cycle, lessons_of
from tests.training_samples import resolved_samples

KNOWN = resolved_samples(1_000, edge=1.5)
TAUGHT, REST = KNOWN[:400], KNOWN[400:]
OPENED = SessionOpened(TEN_O_CLOCK, WALLET)
LATER_MS = KNOWN[-1].outcome.resolved_at_ms


class TornBook(MemorySampleBook):
    """Refuses the next so many lessons."""

    refusals = 0
    kept = 0

    async def keep(self, lessons: Lessons) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StoreFailed("the disk is full")
        await super().keep(lessons)
        self.kept += 1


def closed(number: int) -> Decision:
    return Decision(trades=(a_closed_trade(trade_id=f"BTCUSDT.L.{number}"),))


async def with_champion(registry: MemoryModelRegistry | None = None) -> LearningCycle:
    cycle = a_cycle(SELDOM, registry=registry)
    await cycle.open()
    await cycle.take(lessons_of(TAUGHT))
    await cycle.train(TAUGHT[-1].outcome.resolved_at_ms)
    await cycle.take(lessons_of(REST))
    assert await cycle.step(LATER_MS)
    return cycle


async def tape(events: Sequence[Event]) -> AsyncIterator[Event]:
    for event in events:
        yield event


def test_a_lesson_that_could_not_be_written_is_written_with_the_next() -> None:
    book = TornBook()

    async def session() -> Learner:
        cycle = a_cycle(book=book)
        await cycle.open()
        learner, decisions = Learner(ShadowDesk([]), cycle), iter([closed(1), closed(2)])
        book.refusals = 1
        async for event in learner.beside(tape([OPENED, OPENED])):
            assert await book.closed_trades() == 0
            await learner.follow(event, next(decisions))
        return learner

    learner = asyncio.run(session())
    assert learner.failed_writes == 1
    assert asyncio.run(book.closed_trades()) == 2


def test_a_session_that_is_decided_again_is_written_down_many_lessons_at_a_time() -> None:
    book = TornBook()

    async def session() -> None:
        cycle = a_cycle(book=book)
        await cycle.open()
        learner = Learner(ShadowDesk([]), cycle)
        for number in range(250):
            await learner.follow(TimePassed(number), closed(number))
        assert (book.kept, await book.closed_trades()) == (2, 200)
        job = asyncio.create_task(learner.run(NewsInbox[Event](), TapeClock()))
        await asyncio.sleep(0)
        assert (book.kept, await book.closed_trades()) == (3, 250)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)

    asyncio.run(session())


def test_nothing_is_trained_while_lessons_cannot_be_written() -> None:
    book, registry = TornBook(), MemoryModelRegistry()

    async def session() -> None:
        cycle = a_cycle(book=book, registry=registry)
        await cycle.open()
        await cycle.take(lessons_of(TAUGHT, [f"T{number}" for number in range(50)]))
        learner = Learner(ShadowDesk([]), cycle)
        book.refusals = 2
        async for event in learner.beside(tape([TimePassed(LATER_MS)])):
            await learner.follow(event, closed(1))
        assert await registry.history() == ()
        assert learner.failed_writes == 2

    asyncio.run(session())
    assert asyncio.run(book.closed_trades()) == 51


def test_a_store_that_is_well_again_is_noticed_without_another_lesson() -> None:
    book, registry = TornBook(), MemoryModelRegistry()

    async def session() -> None:
        cycle = a_cycle(book=book, registry=registry)
        await cycle.open()
        await cycle.take(lessons_of(TAUGHT, [f"T{number}" for number in range(49)]))
        learner = Learner(ShadowDesk([]), cycle)
        book.refusals = 1
        decisions = [closed(1), STAND_ASIDE, STAND_ASIDE]
        events = [TimePassed(LATER_MS), TimePassed(LATER_MS + 60_000), TimePassed(LATER_MS + 60_001)]
        told = iter(decisions)
        async for event in learner.beside(tape(events)):
            await learner.follow(event, next(told))
            assert await book.closed_trades() == (49 if event == events[0] else 50)

    asyncio.run(session())
    assert len(asyncio.run(registry.history())) == 1


def test_what_could_not_be_written_is_written_when_the_session_ends() -> None:
    book = TornBook()

    async def session() -> None:
        cycle = a_cycle(book=book)
        await cycle.open()
        learner = Learner(ShadowDesk([]), cycle)
        job = asyncio.create_task(learner.run(NewsInbox[Event](), TapeClock()))
        await asyncio.sleep(0)
        book.refusals = 1
        await learner.follow(OPENED, closed(1))
        assert await book.closed_trades() == 0
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)

    asyncio.run(session())
    assert asyncio.run(book.closed_trades()) == 1


def test_who_was_sent_away_by_hand_is_gone_a_minute_later() -> None:
    async def session() -> list[Event]:
        registry = MemoryModelRegistry()
        cycle = await with_champion(registry)
        learner = Learner(ShadowDesk([]), cycle)
        told = []
        seconds = [TimePassed(TEN_O_CLOCK + second * 1_000) for second in range(1, 63)]
        events: list[Event] = [OPENED, *seconds]
        async for event in learner.beside(tape(events)):
            told.append(event)
            await learner.follow(event, STAND_ASIDE)
            if event == events[10]:
                champion = cycle.history.roster.champion or ""
                await registry.keep([Happening(LATER_MS, What.ROLLED_BACK, champion)])
        return told

    seated, vacated = (one for one in asyncio.run(session()) if isinstance(one, ChampionChanged))
    assert seated.model is not None
    assert (vacated.model, vacated.at_ms) == (None, TEN_O_CLOCK + 61_000)


def test_on_a_simulated_tape_the_champion_sits_down_after_the_opening() -> None:
    async def session() -> list[Event]:
        learner = Learner(ShadowDesk([]), await with_champion())
        return [event async for event in learner.beside(tape([OPENED, TimePassed(TEN_O_CLOCK + 1)]))]

    opened, seated, passed = asyncio.run(session())
    assert isinstance(seated, ChampionChanged)
    assert (seated.at_ms, seated.model is not None) == (TEN_O_CLOCK, True)
    assert (opened, passed) == (OPENED, TimePassed(TEN_O_CLOCK + 1))


def test_nobody_is_announced_when_nobody_sits() -> None:
    async def session() -> list[Event]:
        cycle = a_cycle()
        await cycle.open()
        return [event async for event in Learner(ShadowDesk([]), cycle).beside(tape([OPENED]))]

    assert asyncio.run(session()) == [OPENED]


def test_on_a_simulated_tape_work_is_done_between_two_events() -> None:
    registry = MemoryModelRegistry()

    async def session() -> None:
        cycle = a_cycle(RULES, registry=registry)
        await cycle.open()
        await cycle.take(lessons_of(TAUGHT))
        learner = Learner(ShadowDesk([]), cycle)
        events = [TimePassed(LATER_MS + number) for number in range(60)]
        number = 0
        async for event in learner.beside(tape(events)):
            number += 1
            await learner.follow(event, closed(number))

    asyncio.run(session())
    (trained,) = asyncio.run(registry.history())
    assert (trained.what, trained.training, trained.at_ms) == (What.TRAINED, 1, LATER_MS + 49)


def test_beside_a_market_news_of_the_seat_go_to_the_inbox() -> None:
    async def session() -> list[Event]:
        learner, inbox, clock = (
            Learner(ShadowDesk([]), await with_champion()),
            NewsInbox[Event](),
            TapeClock(),
        )
        clock.advance_to(LATER_MS)
        job = asyncio.create_task(learner.run(inbox, clock))
        await asyncio.sleep(0)
        job.cancel()
        told = []
        while (event := inbox.take_now()) is not None:
            told.append(event)
        return told

    (seated,) = asyncio.run(session())
    assert isinstance(seated, ChampionChanged)


def test_whom_the_tape_named_before_is_not_named_again() -> None:
    async def session() -> int:
        cycle = await with_champion()
        learner, inbox, clock = Learner(ShadowDesk([]), cycle), NewsInbox[Event](), TapeClock()
        await learner.follow(await cycle.seat(LATER_MS), STAND_ASIDE)
        job = asyncio.create_task(learner.run(inbox, clock))
        await asyncio.sleep(0)
        job.cancel()
        return len(inbox)

    assert asyncio.run(session()) == 0


def test_a_champion_that_the_registry_lost_meanwhile_is_taken_from_the_desk() -> None:
    async def session() -> Event | None:
        cycle = a_cycle()
        await cycle.open()
        learner, inbox, clock = Learner(ShadowDesk([]), cycle), NewsInbox[Event](), TapeClock()
        seat = await (await with_champion()).seat(LATER_MS)
        await learner.follow(seat, STAND_ASIDE)
        job = asyncio.create_task(learner.run(inbox, clock))
        await asyncio.sleep(0)
        job.cancel()
        return inbox.take_now()

    told = asyncio.run(session())
    assert isinstance(told, ChampionChanged)
    assert (told.model, told.drift) == (None, DriftState.STEADY)


def test_what_somebody_did_to_the_seat_by_hand_is_told_with_the_next_step() -> None:
    async def session() -> list[Event]:
        registry = MemoryModelRegistry()
        cycle = await with_champion(registry)
        learner = Learner(ShadowDesk([]), cycle)
        told = [event async for event in learner.beside(tape([OPENED]))]
        champion = cycle.history.roster.champion or ""
        await registry.keep([Happening(LATER_MS, What.ROLLED_BACK, champion)])
        await cycle.take(lessons_of(resolved_samples(1_600, edge=1.5)[1_000:]))
        await learner.follow(TimePassed(LATER_MS), closed(1))
        return [*told, *[event async for event in learner.beside(tape([TimePassed(LATER_MS)]))]]

    _, seated, _, vacated = asyncio.run(session())
    assert isinstance(seated, ChampionChanged)
    assert isinstance(vacated, ChampionChanged)
    assert (seated.model is None, vacated.model is None) == (False, True)


class Unreadable(MemoryModelRegistry):
    """Shows its history to nobody for a while, once a champion sits."""

    failures = 0

    async def history(self) -> tuple[Happening, ...]:
        if self.failures:
            self.failures -= 1
            raise StoreFailed("the disk does not answer")
        return await super().history()


def test_a_seat_that_cannot_be_read_ends_no_session_and_is_told_later() -> None:
    registry = Unreadable()

    async def session() -> tuple[list[Event], Learner]:
        learner = Learner(ShadowDesk([]), await with_champion(registry))
        registry.failures = 1
        return [event async for event in learner.beside(tape([OPENED, OPENED]))], learner

    told, learner = asyncio.run(session())
    assert [type(event) for event in told] == [SessionOpened, SessionOpened, ChampionChanged]
    assert learner.failed_writes == 1
