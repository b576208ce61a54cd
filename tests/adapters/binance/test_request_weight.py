import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.request_weight import BudgetRules, RequestWeight
from adapters.binance.wire.account_requests import account, income
from adapters.binance.wire.order_requests import cancel_all_after, place
from adapters.binance.wire.outcome import Withheld
from adapters.binance.wire.replies import RateLimit
from tests.adapters.binance.wire.order_samples import ENTRY, EXIT

MINUTE_MS = 1795305660_000
LIMITS = [
    RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 100),
    RateLimit("ORDERS", "MINUTE", 1, 20),
    RateLimit("ORDERS", "SECOND", 10, 10),
    RateLimit("RAW_REQUESTS", "MINUTE", 5, 7),
    RateLimit("ORDERS", "FORTNIGHT", 1, 7),
    RateLimit("ORDERS", "SECOND", 10, 0),
]


def budget(reserve: float = 0.2) -> RequestWeight:
    weight = RequestWeight(BudgetRules(reserve))
    weight.learn(LIMITS)
    return weight


def test_what_would_pass_the_limit_waits_for_the_next_minute_of_the_venue() -> None:
    weight = budget()
    at_ms = MINUTE_MS + 20_000
    for _ in range(2):
        assert weight.refuse(income(), at_ms) is None
        weight.spend(income(), at_ms)
    assert weight.refuse(income(), at_ms) == Withheld(MINUTE_MS + 60_000, "REQUEST_WEIGHT in 1 MINUTE")
    assert weight.refuse(cancel_all_after("BTCUSDT", 0), at_ms) is None
    weight.hear(income(), {}, at_ms)
    weight.hear(income(), {}, at_ms)
    assert weight.refuse(income(), MINUTE_MS + 60_000) is None
    assert weight.used_weight(MINUTE_MS + 60_000) == 0


def test_the_reserve_is_for_what_protects() -> None:
    weight = budget()
    for _ in range(8):
        assert weight.refuse(place(ENTRY), MINUTE_MS) is None
        weight.spend(place(ENTRY), MINUTE_MS)
    assert weight.refuse(place(ENTRY), MINUTE_MS) == Withheld(MINUTE_MS + 10_000, "ORDERS in 10 SECOND")
    for _ in range(2):
        assert weight.refuse(place(EXIT), MINUTE_MS) is None
        weight.spend(place(EXIT), MINUTE_MS)
    assert weight.refuse(place(EXIT), MINUTE_MS) == Withheld(MINUTE_MS + 10_000, "ORDERS in 10 SECOND")


def test_the_longest_wait_counts_when_several_limits_are_reached() -> None:
    weight = budget(reserve=0)
    for _ in range(20):
        weight.spend(place(EXIT), MINUTE_MS)
    assert weight.refuse(place(EXIT), MINUTE_MS) == Withheld(MINUTE_MS + 60_000, "ORDERS in 1 MINUTE")


def test_what_others_use_is_learned_from_the_headers() -> None:
    weight = budget()
    weight.spend(account(), MINUTE_MS)
    weight.hear(account(), {"X-MBX-USED-WEIGHT-1M": "95"}, MINUTE_MS)
    assert weight.used_weight(MINUTE_MS) == 95
    assert weight.refuse(account(), MINUTE_MS) is None
    assert weight.refuse(income(), MINUTE_MS) is not None


def test_an_answer_does_not_know_of_what_is_still_on_its_way() -> None:
    weight = budget()
    weight.spend(account(), MINUTE_MS)
    weight.spend(income(), MINUTE_MS)
    weight.hear(account(), {"X-MBX-USED-WEIGHT-1M": "25"}, MINUTE_MS)
    assert weight.used_weight(MINUTE_MS) == 55


def test_what_is_on_its_way_into_the_next_minute_counts_there() -> None:
    weight = budget()
    weight.spend(income(), MINUTE_MS + 59_999)
    assert weight.used_weight(MINUTE_MS + 60_001) == 30
    weight.hear(income(), {}, MINUTE_MS + 60_002)
    assert weight.used_weight(MINUTE_MS + 120_000) == 0


@pytest.mark.parametrize("told", ["", "many", "-5", "9" * 30, "²"])
def test_an_odd_header_is_no_count(told: str) -> None:
    weight = budget()
    weight.spend(account(), MINUTE_MS)
    weight.hear(account(), {"X-MBX-USED-WEIGHT-1M": told}, MINUTE_MS)
    assert weight.used_weight(MINUTE_MS) == 5


def test_an_order_count_in_the_headers_counts() -> None:
    weight = budget()
    weight.spend(place(ENTRY), MINUTE_MS)
    weight.hear(place(ENTRY), {"X-MBX-ORDER-COUNT-10S": "9", "X-MBX-ORDER-COUNT-1M": "9"}, MINUTE_MS)
    assert weight.refuse(place(ENTRY), MINUTE_MS) is not None
    assert weight.refuse(place(EXIT), MINUTE_MS) is None


@pytest.mark.parametrize(
    ("text", "length_ms"),
    [
        ("Too many new orders; current limit is 300 orders per TEN_SECONDS.", 10_000),
        ("Too many new orders; current limit is 1200 orders per MINUTE.", 60_000),
        ("", 10_000),
    ],
)
def test_the_venues_word_that_orders_are_used_up_holds_until_the_window_ends(
    text: str, length_ms: int
) -> None:
    weight = budget()
    weight.orders_are_used_up(text, MINUTE_MS)
    assert weight.refuse(account(), MINUTE_MS) is None
    assert weight.refuse(place(EXIT), MINUTE_MS + length_ms - 1) is not None
    assert weight.refuse(place(EXIT), MINUTE_MS + length_ms) is None


def test_a_new_kind_of_order_limit_is_obeyed_too() -> None:
    weight = budget(reserve=0)
    weight.learn([RateLimit("ORDERS", "DAY", 1, 1)])
    weight.spend(place(EXIT), MINUTE_MS)
    refused = weight.refuse(place(EXIT), MINUTE_MS)
    assert refused is not None
    assert refused.limit == "ORDERS in 1 DAY"


@given(st.lists(st.tuples(st.integers(0, 5_000), st.booleans(), st.integers(0, 120)), max_size=200))
def test_no_minute_ever_sees_more_than_its_limit(steps: list[tuple[int, bool, int]]) -> None:
    weight = budget()
    at_ms = MINUTE_MS
    sent: dict[int, int] = {}
    for pause_ms, is_protective, _ in steps:
        at_ms += pause_ms
        request = account() if is_protective else income()
        if weight.refuse(request, at_ms) is None:
            weight.spend(request, at_ms)
            weight.hear(request, {}, at_ms)
            sent[at_ms // 60_000] = sent.get(at_ms // 60_000, 0) + request.weight
    assert all(used <= 100 for used in sent.values())


def test_a_reserve_that_leaves_nothing_is_no_reserve() -> None:
    with pytest.raises(ValueError, match="reserve_fraction"):
        BudgetRules(0.95)
