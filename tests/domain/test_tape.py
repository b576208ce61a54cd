from typing import get_args

import pytest

from domain.tape import Event, OrderEvent


@pytest.mark.parametrize("event", get_args(Event))
def test_every_event_says_first_when_it_happened(event: type) -> None:
    assert next(iter(event.__annotations__.items())) == ("at_ms", int)


def test_every_word_about_an_order_is_an_event_of_the_tape() -> None:
    assert set(get_args(OrderEvent)) < set(get_args(Event))
