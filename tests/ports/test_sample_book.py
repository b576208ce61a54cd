"""One suite for everyone who keeps samples as a session goes on."""

import asyncio
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory.sample_book import MemorySampleBook
from adapters.sqlite.learning_store import SqliteLearningStore
from application.ports.sample_book import Lessons, SampleBook, SampleCounts
from application.ports.trade_store import StoreFailed
from domain.learning.outcome import LabelledSample, Outcome, labelled
from domain.learning.sample import Sample
from domain.refusal import RefusalReason
from tests.learning_samples import a_sample, an_outcome
from tests.trade_samples import CLOSE_MS
from tests.training_samples import resolved_samples

NewBook = Callable[[], SampleBook]


@pytest.fixture(params=["sqlite", "memory"])
def new_book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewBook]:
    names = iter(range(10_000))
    with ExitStack() as opened:

        def new() -> SampleBook:
            if request.param == "memory":
                return MemorySampleBook()
            return opened.enter_context(SqliteLearningStore(tmp_path / f"{next(names)}.sqlite")).samples

        yield new


@pytest.fixture
def book(new_book: NewBook) -> SampleBook:
    return new_book()


def keep(
    book: SampleBook,
    samples: tuple[Sample, ...] = (),
    outcomes: tuple[Outcome, ...] = (),
    closed_trades: tuple[str, ...] = (),
) -> None:
    asyncio.run(book.keep(Lessons(samples, outcomes, closed_trades)))


def resolved(book: SampleBook, newest: int = 1_000) -> tuple[LabelledSample, ...]:
    return asyncio.run(book.resolved(newest))


def one(book: SampleBook, sample_id: str) -> tuple[Sample, Outcome | None] | None:
    return asyncio.run(book.sample(sample_id))


def counts(book: SampleBook) -> SampleCounts:
    return asyncio.run(book.counts())


def test_a_new_book_is_empty(book: SampleBook) -> None:
    keep(book)
    assert resolved(book) == ()
    assert one(book, "BTCUSDT.L.1") is None
    assert asyncio.run(book.closed_trades()) == 0
    assert counts(book) == SampleCounts(seen=0, refused={}, resolved=0, shadows=0)


def test_what_is_kept_is_given_back_to_the_last_bit(book: SampleBook) -> None:
    odd = replace(
        a_sample(),
        features=(-0.0, 5e-324, 0.1 + 0.2, *map(float, range(9))),
        entry=Decimal("0.10"),
        stop=Decimal("1E-7"),
    )
    keep(book, (odd,), (an_outcome(net_r=-1.0000000000000002),))
    ((sample, outcome),) = resolved(book)
    assert repr(sample) == repr(odd)
    assert struct.pack("<12d", *sample.features) == struct.pack("<12d", *odd.features)
    assert outcome == an_outcome(net_r=-1.0000000000000002)


def test_a_setup_that_has_not_ended_waits_for_its_outcome(book: SampleBook) -> None:
    keep(book, (a_sample(),))
    assert one(book, "BTCUSDT.L.1") == (a_sample(), None)
    assert resolved(book) == ()
    keep(book, outcomes=(an_outcome(),))
    assert one(book, "BTCUSDT.L.1") == (a_sample(), an_outcome())
    assert resolved(book) == (LabelledSample(a_sample(), an_outcome()),)


def test_an_outcome_of_a_setup_that_was_never_seen_is_not_counted(book: SampleBook) -> None:
    keep(book, outcomes=(an_outcome("unknown"),))
    assert (one(book, "unknown"), resolved(book), counts(book).resolved) == (None, (), 0)


def test_the_newest_come_in_the_order_in_which_they_were_decided_on(book: SampleBook) -> None:
    every = resolved_samples(260, edge=0.0)
    told = (*every[100:], *every[:100])
    keep(book, tuple(one.sample for one in told), tuple(one.outcome for one in reversed(told)))
    assert resolved(book, 130) == every[130:]
    assert resolved(book, 260) == resolved(book, 5_000) == every
    assert resolved(book, 0) == ()


def test_samples_of_one_moment_come_in_the_order_of_their_names(book: SampleBook) -> None:
    names = ("b", "a", "Z", "ä", "aa")
    keep(book, tuple(map(a_sample, names)), tuple(map(an_outcome, names)))
    assert [one.sample.sample_id for one in resolved(book)] == ["Z", "a", "aa", "b", "ä"]
    assert [one.sample.sample_id for one in resolved(book, 2)] == ["b", "ä"]


def test_the_same_lesson_again_changes_nothing(book: SampleBook) -> None:
    lessons = Lessons((a_sample(), a_sample()), (an_outcome(), an_outcome()), ("t1", "t1", "t2"))
    for _ in range(2):
        asyncio.run(book.keep(lessons))
    assert resolved(book) == (LabelledSample(a_sample(), an_outcome()),)
    assert asyncio.run(book.closed_trades()) == 2
    assert counts(book) == SampleCounts(seen=1, refused={}, resolved=1, shadows=1)


@pytest.mark.parametrize("is_one_batch", [True, False])
def test_a_real_outcome_takes_the_place_of_a_shadows_and_stays(book: SampleBook, is_one_batch: bool) -> None:
    shadow, real = an_outcome(net_r=1.0), an_outcome(net_r=-1.0, is_shadow=False)
    told = (shadow, real, shadow, an_outcome(net_r=2.0, is_shadow=False))
    for batch in [told] if is_one_batch else [(each,) for each in told]:
        keep(book, (a_sample(),), batch)
    assert one(book, "BTCUSDT.L.1") == (a_sample(), real)
    assert counts(book).shadows == 0


def test_among_shadows_the_first_told_counts(book: SampleBook) -> None:
    keep(book, (a_sample(),), (an_outcome(net_r=1.0), an_outcome(net_r=2.0)))
    assert resolved(book)[0].outcome.net_r == 1.0


def test_a_setup_stays_what_it_was_until_features_are_another(book: SampleBook) -> None:
    refused = replace(a_sample(), refused_for=RefusalReason.SYMBOL_BUSY)
    anew = replace(refused, schema_hash="schema-2")
    keep(book, (a_sample(), refused), (an_outcome(),))
    assert one(book, "BTCUSDT.L.1") == (a_sample(), an_outcome())
    keep(book, (anew,))
    assert one(book, "BTCUSDT.L.1") == (anew, an_outcome())
    assert counts(book).seen == 1


def test_setups_are_counted_by_what_became_of_them(book: SampleBook) -> None:
    busy, poor = RefusalReason.SYMBOL_BUSY, RefusalReason.NO_EDGE
    refusals = (busy, None, poor, busy, None)
    samples = [replace(a_sample(str(place)), refused_for=why) for place, why in enumerate(refusals)]
    keep(book, tuple(samples), (an_outcome("0"), an_outcome("1", is_shadow=False)))
    told = counts(book)
    assert told == SampleCounts(seen=5, refused={busy.value: 2, poor.value: 1}, resolved=2, shadows=1)
    assert all(type(reason) is str for reason in told.refused)


@pytest.mark.parametrize("comes_later", ["sample", "outcome", "neither"])
def test_nothing_is_resolved_before_it_is_decided_on(book: SampleBook, comes_later: str) -> None:
    early = (an_outcome(resolved_at_ms=CLOSE_MS - 1),)
    if comes_later == "sample":
        keep(book, outcomes=early)
    if comes_later == "outcome":
        keep(book, (a_sample(),))
    before = one(book, "BTCUSDT.L.1")
    with pytest.raises(StoreFailed, match=r"BTCUSDT.L.1 was resolved before it was decided on"):
        keep(book, (a_sample("other"), a_sample()), early, ("t1",))
    assert one(book, "BTCUSDT.L.1") == before
    assert one(book, "other") is None
    assert asyncio.run(book.closed_trades()) == 0


def test_what_is_read_while_more_is_kept_has_every_sample_once(book: SampleBook) -> None:
    every = resolved_samples(300, edge=0.0)
    more = resolved_samples(320, edge=0.0)[300:]

    async def both() -> tuple[LabelledSample, ...]:
        reading = asyncio.ensure_future(book.resolved(10_000))
        for each in more:
            await asyncio.sleep(0)
            await book.keep(Lessons((each.sample,), (each.outcome,)))
        return await reading

    keep(book, tuple(one.sample for one in every), tuple(one.outcome for one in every))
    read = asyncio.run(both())
    assert read[:300] == every
    assert resolved(book) == (*every, *more)


moments = st.integers(0, 2**53)
samples = st.builds(a_sample, st.text("abc", max_size=2), st.just(0)).flatmap(
    lambda sample: st.builds(
        replace,
        st.just(sample),
        decided_at_ms=moments,
        features=st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 12),
        entry=st.decimals(allow_nan=False, allow_infinity=False),
        schema_hash=st.just("schema-1"),
        refused_for=st.none() | st.sampled_from(RefusalReason),
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.tuples(samples, st.booleans(), st.integers(1, 9)), max_size=6))
def test_any_lessons_come_back_as_if_they_had_been_told_at_once(
    new_book: NewBook, told: list[tuple[Sample, bool, int]]
) -> None:
    book = new_book()
    first: dict[str, Sample] = {}
    outcomes = []
    for sample, is_shadow, net_r in told:
        known = first.setdefault(sample.sample_id, sample)
        end = an_outcome(known.sample_id, float(net_r), known.decided_at_ms + net_r, is_shadow=is_shadow)
        outcomes.append(end)
        keep(book, (sample,), (end,))
    assert repr(resolved(book)) == repr(labelled(first.values(), outcomes))
