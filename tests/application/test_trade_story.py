from dataclasses import replace

from application.trade_story import decisions_on
from tests.application.sample_trades import WON, refusal

SETUP = "BTCUSDT.L.lq3w5c00"
TRADE = replace(WON, trade_id=SETUP)
ON_SETUP = refusal(1, "no_edge")._replace(setup_id=SETUP)
ON_ITS_STOP = refusal(2, "stop")._replace(setup_id=f"{SETUP}-s2")
ON_ANOTHER = refusal(3, "no_edge")._replace(setup_id=f"{SETUP}0")
ALL = (ON_SETUP, ON_ITS_STOP, ON_ANOTHER)


def test_a_trade_is_told_by_its_setup_and_its_orders() -> None:
    assert decisions_on(TRADE, ALL) == [ON_SETUP, ON_ITS_STOP]


def test_a_second_trade_of_one_setup_is_told_by_the_same_decisions() -> None:
    assert decisions_on(replace(TRADE, trade_id=f"{SETUP}.2"), ALL) == [ON_SETUP, ON_ITS_STOP]


def test_a_trade_nothing_was_decided_on_has_no_story() -> None:
    assert decisions_on(replace(TRADE, trade_id="ETHUSDT.S.lq3w5c00"), ALL) == []
