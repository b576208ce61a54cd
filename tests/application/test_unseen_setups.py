from application.model_opinion import OpinionatedModel
from application.unseen_setups import Unseen, unseen_by
from domain.learning.block_bootstrap import BootstrapRules
from domain.learning.outcome import LabelledSample
from tests.learning_archives import BY_FEATURE, TRAINED_MS
from tests.learning_samples import SeededChance
from tests.model_samples import a_model
from tests.training_samples import one_of

HOUR_MS = 3_600_000
MODEL = OpinionatedModel(a_model(trained_at_ms=TRAINED_MS), BY_FEATURE.__getitem__, bound_z=1.2816)


def setup(place: int, feature: float, net_r: float) -> LabelledSample:
    return one_of(place, (feature,) + (0.0,) * 11, net_r, TRAINED_MS + place * 6 * HOUR_MS, HOUR_MS)


def unseen(samples: list[LabelledSample], seated_from_ms: int | None = None) -> Unseen:
    return unseen_by(MODEL, samples, seated_from_ms, SeededChance(3), BootstrapRules(least_resamples=200))


SAMPLES = [setup(place, 1.0 if place % 2 else -1.0, 0.5 if place % 2 else -0.4) for place in range(-5, 60)]


def test_what_it_would_take_is_held_against_all_and_the_rest() -> None:
    told = unseen(SAMPLES).on_trial
    assert (told.setups, told.effective_size) == (59, 59.0)
    assert told.every is not None
    assert told.taken is not None
    assert told.left is not None
    assert (told.taken.cases, told.left.cases) == (30, 29)
    assert told.left.mean < told.every.mean < told.taken.mean
    assert told.reliability is not None
    assert told.reliability.brier_skill > 0.0


def test_without_a_seat_all_of_it_is_its_trial() -> None:
    told = unseen(SAMPLES)
    assert len(told.scores) == 59
    assert told.since_seated is None


def test_what_it_was_promoted_by_is_told_apart_from_what_came_after() -> None:
    told = unseen(SAMPLES, TRAINED_MS + 20 * 6 * HOUR_MS)
    assert told.since_seated is not None
    assert (told.on_trial.setups, told.since_seated.setups) == (20, 39)


def test_where_nothing_came_nothing_is_said() -> None:
    told = unseen(SAMPLES[:6])
    assert told.scores == ()
    assert told.on_trial == (0, 0.0, None, None, None, None)
