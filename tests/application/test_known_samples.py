from dataclasses import replace

from application.known_samples import KnownSamples
from application.ports.sample_book import Lessons
from tests.learning_samples import a_sample, an_outcome
from tests.learning_steps import lessons_of
from tests.trade_samples import CLOSE_MS
from tests.training_samples import resolved_samples

SOME = resolved_samples(5, edge=0.0)


def test_a_sample_waits_for_its_end() -> None:
    known = KnownSamples(10)
    known.learn(Lessons(samples=(a_sample(),)))
    assert (known.all(), known.resolved) == ((), 0)
    known.learn(Lessons(outcomes=(an_outcome(),)))
    assert known.all() == ((a_sample(), an_outcome()),)
    assert known.resolved == 1


def test_the_end_of_a_setup_that_nobody_saw_is_left_out() -> None:
    known = KnownSamples(10)
    known.learn(Lessons(outcomes=(an_outcome(),)))
    assert known.all() == ()


def test_a_real_end_takes_the_place_of_a_shadows_and_is_not_counted_twice() -> None:
    known, real = KnownSamples(10), an_outcome(net_r=-1.0, is_shadow=False)
    known.learn(Lessons((a_sample(),), (an_outcome(),)))
    known.learn(Lessons(outcomes=(real,)))
    known.learn(Lessons(outcomes=(an_outcome(),)))
    assert known.all() == ((a_sample(), real),)
    assert known.resolved == 1


def test_a_lesson_told_twice_is_learned_once() -> None:
    known = KnownSamples(10)
    known.learn(lessons_of(SOME))
    known.learn(lessons_of(SOME))
    assert (known.all(), known.resolved) == (SOME, 5)


def test_only_the_newest_are_at_hand() -> None:
    known = KnownSamples(3)
    known.add_all(SOME)
    assert (known.all(), known.resolved) == (SOME[2:], 5)


def test_a_long_history_told_at_once_is_known_as_a_whole() -> None:
    history, known = resolved_samples(10_500, edge=0.0), KnownSamples(20_000)
    known.learn(lessons_of(history))
    assert known.all() == history


def test_only_samples_of_the_newest_features_that_are_over_teach() -> None:
    changed = [one._replace(sample=replace(one.sample, schema_hash="schema-2")) for one in SOME[3:]]
    known = KnownSamples(10)
    known.add_all([*SOME[:3], *changed])
    ends_ms = sorted(one.outcome.resolved_at_ms for one in SOME)
    assert known.of_newest_schema(ends_ms[-1]) == tuple(changed)
    assert {one.sample.schema_hash for one in known.of_newest_schema(ends_ms[0])} == {"schema-1"}
    assert known.of_newest_schema(CLOSE_MS - 1) == ()
