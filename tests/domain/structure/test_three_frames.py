from domain.structure.frame import Frame
from domain.structure.structure_config import STANDARD
from domain.structure.three_frames import KEPT_OF_HIGHER, KEPT_OF_MIDDLE, ThreeFrames
from tests.domain.structure.carried_over import bytes_of, carry_over
from tests.domain.structure.charts import STEP_MS, flat, resampled, wandering

MIDDLE_MS = 3 * STEP_MS
HIGHER_MS = 12 * STEP_MS


def frames_along(count: int, seed: int = 1) -> ThreeFrames:
    frames = ThreeFrames(STANDARD)
    for bar in wandering(count, seed):
        frames.update(bar)
    return frames


def test_longer_frames_are_fed_with_resampled_bars() -> None:
    bars = wandering(240, 2)
    frames = ThreeFrames(STANDARD)
    for bar in bars:
        frames.update(bar)
    longer = (
        (frames.middle, MIDDLE_MS, KEPT_OF_MIDDLE),
        (frames.higher, HIGHER_MS, KEPT_OF_HIGHER),
    )
    for frame, step_ms, kept in longer:
        alone = Frame(step_ms, STANDARD, kept)
        for bar in resampled(bars, step_ms):
            alone.update(bar)
        assert bytes_of(frame) == bytes_of(alone)


def test_readiness_waits_for_fourteen_hours_and_a_middle_range() -> None:
    assert not frames_along(14 * 12 - 1).is_ready
    assert frames_along(14 * 12).is_ready


def test_a_flat_market_is_not_ready() -> None:
    frames = ThreeFrames(STANDARD)
    for bar in flat(400):
        frames.update(bar)
    assert not frames.is_ready


def test_the_range_takes_in_the_closed_base_bars_of_a_forming_middle_bar() -> None:
    frames, bars = ThreeFrames(STANDARD), wandering(302, 3)
    assert frames.dealing_range() is None
    for bar in bars[:300]:
        frames.update(bar)
    closed = frames.dealing_range()
    assert closed is not None
    assert closed == frames.middle.dealing_range()
    frames.update(bars[300]._replace(high=closed.top + 8.0))
    frames.update(bars[301])
    assert frames.middle.dealing_range() == closed
    widened = frames.dealing_range()
    assert widened is not None
    assert widened.top == closed.top + 8.0


def test_the_killzone_is_that_of_the_last_bars_opening() -> None:
    frames, told = ThreeFrames(STANDARD), []
    for bar in wandering(24 * 12, 4):
        frames.update(bar)
        told.append(frames.killzone)
    assert told[::12] == [
        *(0.0, 0.5, 0.5, 0.5, 0.5, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0),
        *(1.0, 1.0, 1.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    ]


def test_carried_over_frames_go_on_alike() -> None:
    for count in (0, 1, 2, 3, 200):
        frames, heir = frames_along(count), ThreeFrames(STANDARD)
        carry_over(frames, heir)
        for bar in wandering(count + 13, 1)[count:]:
            frames.update(bar)
            heir.update(bar)
        assert bytes_of(heir) == bytes_of(frames)
