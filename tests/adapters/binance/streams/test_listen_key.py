"""The life of a listen key."""

from adapters.binance.streams.listen_key import KeyDuty, ListenKeyLife, ListenKeyRules

MINUTE_MS = 60_000


def test_before_there_is_a_key_there_is_nothing_to_do() -> None:
    assert ListenKeyLife(ListenKeyRules()).duty(10**9) is KeyDuty.NOTHING


def test_it_is_kept_alive_after_twenty_five_minutes() -> None:
    life = ListenKeyLife(ListenKeyRules())
    life.renewed(0)
    assert life.duty(25 * MINUTE_MS - 1) is KeyDuty.NOTHING
    assert life.duty(25 * MINUTE_MS) is KeyDuty.KEEP_ALIVE


def test_a_failed_attempt_is_repeated_after_a_minute_and_given_up_after_an_hour() -> None:
    life = ListenKeyLife(ListenKeyRules())
    life.renewed(0)
    duties = []
    for minute in range(25, 61):
        duties.append(life.duty(minute * MINUTE_MS))
        life.not_renewed(minute * MINUTE_MS)
    assert duties == [KeyDuty.KEEP_ALIVE] * 35 + [KeyDuty.REPLACE]
