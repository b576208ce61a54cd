"""What each refusal of an order leads to."""

import pytest

from adapters.binance.orders.refusal_table import Handling, handling_of, is_surprising, words_of
from adapters.binance.wire.error_code import ACTION_OF, Action
from adapters.binance.wire.outcome import Refused
from tests.adapters.binance.orders.clerk_drill import refused

EXPECTED = {
    -1008: Handling.SEND_LATER,
    -1015: Handling.SEND_LATER,
    -1021: Handling.SEND_LATER,
    -5028: Handling.SEND_LATER,
    -4509: Handling.SEND_SOON,
    -4116: Handling.IT_IS_THERE,
    -5022: Handling.REJECT_FOR_NOW,
    -5021: Handling.REJECT_FOR_NOW,
    -4130: Handling.REJECT_FOR_NOW,
    -2021: Handling.REJECT,
    -4142: Handling.REJECT,
    -2022: Handling.REJECT,
    -2019: Handling.REJECT,
    -2025: Handling.REJECT,
    -4061: Handling.REJECT,
}


@pytest.mark.parametrize(("code", "handling"), EXPECTED.items())
def test_a_code_is_handled_as_the_rulebook_says(code: int, handling: Handling) -> None:
    assert handling_of(refused(code)) is handling


def test_every_code_has_a_handling() -> None:
    assert {handling_of(refused(code)) for code in ACTION_OF} == set(Handling)


@pytest.mark.parametrize("code", [-2022, -2024, -4118, -2025, -4045, -2015, -2023, -4400, -4130])
def test_some_refusals_say_that_the_account_is_not_what_we_took_it_for(code: int) -> None:
    assert is_surprising(refused(code))


@pytest.mark.parametrize("code", [-2021, -5022, -2019, -1008, -4509, -4116])
def test_others_say_nothing_about_the_account(code: int) -> None:
    assert not is_surprising(refused(code))


def test_the_words_are_the_venues() -> None:
    assert words_of(refused(-2019, "Margin is insufficient.")) == "-2019 Margin is insufficient."
    assert words_of(Refused(0, "not connected", Action.RETRY)) == "not connected"
