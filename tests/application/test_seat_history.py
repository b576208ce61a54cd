from application.seat_history import drift_at, seated_at, seatings
from domain.learning.drift import DriftState
from domain.learning.model_history import Happening, What
from tests.learning_archives import promoted, trained
from tests.model_samples import another_model

FIRST, SECOND = another_model(1), another_model(2)
ONE, TWO = FIRST.record.model_id, SECOND.record.model_id
STORY = (
    trained(FIRST, 10),
    promoted(FIRST, 20),
    trained(SECOND, 30),
    Happening(35, What.DRIFTED, ONE, drift=DriftState.WARNED),
    Happening(40, What.SEATED_BY_HAND, TWO),
    Happening(50, What.ROLLED_BACK, TWO),
    Happening(60, What.DEMOTED, ONE, drift=DriftState.DEMOTED),
)


def test_every_change_on_the_seat_is_told_with_what_brought_it_about() -> None:
    changes = seatings(STORY)
    assert [(one.from_ms, one.model, one.by.what) for one in changes] == [
        (20, ONE, What.PROMOTED),
        (40, TWO, What.SEATED_BY_HAND),
        (50, ONE, What.ROLLED_BACK),
        (60, None, What.DEMOTED),
    ]


def test_whoever_sits_again_keeps_the_proof_it_once_gave() -> None:
    first, by_hand, again, nobody = seatings(STORY)
    assert (first.proof, again.proof) == (STORY[1], STORY[1])
    assert [one.is_by_hand for one in (first, by_hand, again, nobody)] == [False, True, False, False]
    assert nobody.proof is None


def test_who_was_seated_by_hand_once_stays_without_proof_when_it_comes_back() -> None:
    story = (
        trained(FIRST, 10),
        Happening(20, What.SEATED_BY_HAND, ONE),
        trained(SECOND, 30),
        promoted(SECOND, 40),
        Happening(50, What.ROLLED_BACK, TWO),
    )
    last = seatings(story)[-1]
    assert (last.model, last.is_by_hand) == (ONE, True)


def test_a_change_in_the_very_moment_of_a_setup_comes_after_it() -> None:
    changes = seatings(STORY)
    assert seated_at(changes, 20) is None
    assert seated_at(changes, 21) == changes[0]
    assert seated_at(changes, 1_000) == changes[-1]
    assert seated_at((), 5) is None


def test_what_drift_had_done_by_then() -> None:
    assert [drift_at(STORY, ONE, at_ms) for at_ms in (5, 21, 35, 36, 61)] == [
        DriftState.STEADY,
        DriftState.STEADY,
        DriftState.STEADY,
        DriftState.WARNED,
        DriftState.STEADY,
    ]
    assert drift_at(STORY, TWO, 60) is DriftState.STEADY
