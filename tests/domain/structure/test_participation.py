import pytest

from domain.structure.participation import Participation, ParticipationRules
from tests.domain.structure.carried_over import carry_over

RULES = ParticipationRules()


def participation_of(*volumes: float) -> Participation:
    participation = Participation(RULES)
    for volume in volumes:
        participation.update(volume)
    return participation


@pytest.mark.parametrize(("count", "is_known"), [(0, False), (64, False), (65, True), (70, True)])
def test_sixty_four_volumes_before_this_one_must_be_known(count: int, is_known: bool) -> None:
    assert participation_of(*[1.0] * count).is_known is is_known


def test_the_last_bar_is_compared_with_the_twenty_before() -> None:
    assert participation_of(*[900.0] * 44, *[2.0] * 20, 5.0).of_this_bar() == 2.5


def test_the_last_five_bars_are_compared_with_the_sixty_before() -> None:
    busy = participation_of(900.0, *[2.0] * 60, 4.0, 5.0, 6.0, 7.0, 8.0)
    assert busy.of_recent_bars() == 3.0


def test_after_nothing_traded_all_is_as_usual() -> None:
    quiet = participation_of(*[0.0] * 64, 5.0)
    assert (quiet.of_this_bar(), quiet.of_recent_bars()) == (1.0, 1.0)


def test_carried_over_volumes_are_the_same() -> None:
    participation, heir = participation_of(*map(float, range(80))), Participation(RULES)
    carry_over(participation, heir)
    for volume in (3.0, 9.0):
        participation.update(volume)
        heir.update(volume)
    assert heir.of_this_bar() == participation.of_this_bar()
    assert heir.of_recent_bars() == participation.of_recent_bars()
