"""Before an entry: one-way mode, cross margin, leverage; each set once, or looked at when it cannot be."""

import pytest

from adapters.binance.orders.entry_settings import EntrySettings, Setting, Wanted
from adapters.binance.wire.outcome import AlreadySo, Done, Outcome, UnknownOutcome
from adapters.binance.wire.replies import AccountConfig, LeverageSet, Said, SymbolConfig
from tests.adapters.binance.orders.clerk_drill import refused

SYMBOL = "BTCUSDT"


def step(settings: EntrySettings, outcome: Outcome[object], leverage: int = 5) -> tuple[Setting, str]:
    wanted = settings.next_for(SYMBOL, leverage)
    assert wanted is not None
    settings.began(wanted)
    return wanted.setting, settings.answered(wanted, outcome)


def ready(leverage: int = 5) -> EntrySettings:
    settings = EntrySettings()
    for _ in range(3):
        step(settings, Done(Said()), leverage)
    assert settings.next_for(SYMBOL, leverage) is None
    return settings


def test_three_things_are_set_in_order_and_then_remembered() -> None:
    settings = EntrySettings()
    assert step(settings, AlreadySo(-4059)) == (Setting.POSITION_MODE, "")
    assert step(settings, AlreadySo(-4046)) == (Setting.MARGIN_TYPE, "")
    assert step(settings, Done(LeverageSet(SYMBOL, 5))) == (Setting.LEVERAGE, "")
    assert settings.next_for(SYMBOL, 5) is None
    assert settings.leverage_of(SYMBOL) == 5


def test_another_leverage_and_another_symbol_are_set_anew() -> None:
    settings = ready()
    wanted = settings.next_for(SYMBOL, 7)
    assert wanted is not None
    assert wanted.setting is Setting.LEVERAGE
    other = settings.next_for("ETHUSDT", 5)
    assert other is not None
    assert other.setting is Setting.MARGIN_TYPE


@pytest.mark.parametrize("outcome", [UnknownOutcome("no answer"), refused(-1008), refused(-1015)])
def test_what_was_not_answered_is_asked_again(outcome: Outcome[object]) -> None:
    settings = EntrySettings()
    assert step(settings, outcome) == (Setting.POSITION_MODE, "")
    assert step(settings, Done(Said())) == (Setting.POSITION_MODE, "")


def test_a_mode_that_cannot_be_changed_now_is_looked_at() -> None:
    settings = EntrySettings()
    step(settings, refused(-4068))
    assert step(settings, Done(AccountConfig(can_trade=True))) == (Setting.POSITION_MODE_IN_FORCE, "")
    assert step(settings, Done(Said()))[0] is Setting.MARGIN_TYPE


def test_an_account_that_stays_in_hedge_mode_takes_no_entry() -> None:
    settings = EntrySettings()
    step(settings, refused(-4068))
    _, why = step(settings, Done(AccountConfig(can_trade=True, dual_side_position=True)))
    assert "hedge mode" in why


@pytest.mark.parametrize(
    ("margin_type", "is_fine"), [("CROSSED", True), ("cross", True), ("ISOLATED", False)]
)
def test_a_margin_type_that_cannot_be_changed_now_is_looked_at(margin_type: str, is_fine: bool) -> None:
    settings = EntrySettings()
    step(settings, Done(Said()))
    step(settings, refused(-4047))
    setting, why = step(settings, Done((SymbolConfig(SYMBOL, margin_type, 5),)))
    assert setting is Setting.MARGIN_TYPE_IN_FORCE
    assert (why == "") is is_fine


def test_a_leverage_the_venue_refuses_ends_the_entry_with_its_words() -> None:
    settings = EntrySettings()
    step(settings, Done(Said()))
    step(settings, Done(Said()))
    assert step(settings, refused(-2027, "too much")) == (
        Setting.LEVERAGE,
        "leverage could not be set: -2027 too much",
    )


def test_our_own_change_told_before_its_answer_is_no_news() -> None:
    settings = ready(5)
    wanted = settings.next_for(SYMBOL, 7)
    assert isinstance(wanted, Wanted)
    settings.began(wanted)
    assert not settings.learn_leverage(SYMBOL, 7)
    assert settings.next_for(SYMBOL, 7) is None


def test_a_change_from_outside_is_news_and_mended_before_the_next_entry() -> None:
    settings = ready(5)
    assert settings.learn_leverage(SYMBOL, 20)
    assert settings.learn_mode(is_hedge=True)
    settings.forget_margin_type(SYMBOL)
    asked = [step(settings, Done(Said()))[0] for _ in range(3)]
    assert asked == [Setting.POSITION_MODE, Setting.MARGIN_TYPE, Setting.LEVERAGE]
