import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.direction import Direction
from domain.orders.order_ids import (
    entry_id,
    exit_id,
    is_valid_order_id,
    setup_id,
    setup_of,
    stop_id,
    target_id,
)

NOVEMBER_2026_MS = 1_795_305_600_000
SYMBOLS = st.one_of(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", min_size=1, max_size=40),
    st.text(min_size=1, max_size=12),
)
MOMENTS_MS = st.integers(0, 4_000_000_000_000)
NAMED = st.tuples(SYMBOLS, st.sampled_from(Direction), MOMENTS_MS)


def test_a_setup_is_named_by_symbol_side_and_time() -> None:
    assert setup_id("BTCUSDT", Direction.LONG, NOVEMBER_2026_MS) == "BTCUSDT.L.mwr2lmo0"
    assert setup_id("ETHUSDT_270326", Direction.SHORT, 0) == "ETHUSDT_270326.S.0"
    assert setup_id("X", Direction.SHORT, 35) == "X.S.z"
    assert setup_id("B_C", Direction.SHORT, 36) == "B_C.S.10"


def test_a_symbol_of_eighteen_characters_stands_for_itself_and_a_longer_one_does_not() -> None:
    assert setup_id("A" * 18, Direction.LONG, 36) == "A" * 18 + ".L.10"
    assert setup_id("A" * 19, Direction.LONG, 36) == "_7crq9m5emgbmjylte.L.10"


@pytest.mark.parametrize("symbol", ["币安人生USDT", "btcusdt", "BTC-USDT", "_BTC", ""])
def test_any_other_symbol_is_told_by_its_hash(symbol: str) -> None:
    word = setup_id(symbol, Direction.LONG, 0).removesuffix(".L.0")
    assert word.startswith("_")
    assert len(word) == 18


@given(NAMED)
def test_every_id_fits_the_venue(named: tuple[str, Direction, int]) -> None:
    setup = setup_id(*named)
    assert len(setup) <= 30
    legs = [entry_id(setup), stop_id(setup, 9999), target_id(setup, 1), exit_id(setup, 9999)]
    assert all(is_valid_order_id(leg) for leg in legs)
    assert len(set(legs)) == len(legs)
    assert {setup_of(leg) for leg in legs} == {setup}


@given(NAMED, NAMED)
def test_two_setups_share_a_name_only_when_they_are_one(
    one: tuple[str, Direction, int], other: tuple[str, Direction, int]
) -> None:
    assert (setup_id(*one) == setup_id(*other)) == (one == other)


def test_legs_are_counted_from_one_to_9999() -> None:
    assert stop_id("B.L.0", 1) == "B.L.0-s1"
    assert target_id("B.L.0", 2) == "B.L.0-t2"
    assert exit_id("B.L.0", 9999) == "B.L.0-x9999"
    assert entry_id("B.L.0") == "B.L.0-e"
    for number in (0, 10_000):
        with pytest.raises(ValueError, match=rf"leg {number} of B\.L\.0 is not within 1 to 9999"):
            stop_id("B.L.0", number)


@pytest.mark.parametrize(
    "order_id",
    [
        "autoclose-1700000000000",
        "adl_autoclose",
        "web_abc",
        "",
        "B.L.0",
        "B.L-e",
        "B.L.0.1-e",
        "B.L.0-",
        "B.L.0-s",
        "B.L.0-s0",
        "B.L.0-s01",
        "B.L.0-s1x",
        "B.L.0-s²",
        "B.L.0-e1",
        "B.L.0-y1",
    ],
)
def test_ids_this_service_never_gives_belong_to_no_setup(order_id: str) -> None:
    assert setup_of(order_id) is None


@pytest.mark.parametrize(
    ("order_id", "is_valid"),
    [
        ("a", True),
        ("a.B:/_-9", True),
        ("x" * 36, True),
        ("x" * 37, False),
        ("", False),
        ("a b", False),
        ("é", False),
    ],
)
def test_the_venue_takes_36_characters_of_its_alphabet(order_id: str, *, is_valid: bool) -> None:
    assert is_valid_order_id(order_id) is is_valid
