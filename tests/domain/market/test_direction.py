import pytest

from domain.market.direction import Direction, Side, side_that_closes, side_that_opens


@pytest.mark.parametrize("direction", Direction)
def test_the_other_direction_profits_the_other_way(direction: Direction) -> None:
    assert direction.opposite is not direction
    assert direction.opposite.opposite is direction
    assert direction.opposite.sign == -direction.sign


@pytest.mark.parametrize(
    ("direction", "opens", "closes"),
    [(Direction.LONG, Side.BUY, Side.SELL), (Direction.SHORT, Side.SELL, Side.BUY)],
)
def test_a_position_is_opened_one_way_and_closed_the_other(
    direction: Direction, opens: Side, closes: Side
) -> None:
    assert side_that_opens(direction) is opens
    assert side_that_closes(direction) is closes
    assert opens.sign == direction.sign == -closes.sign
