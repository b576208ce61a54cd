import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.candle import Candle
from domain.structure.snapshot import SnapshotReader, SnapshotRefused, SnapshotWriter, fingerprint

SCHEMA = "00000000000000ff"


def written(*numbers: float) -> bytes:
    out = SnapshotWriter()
    out.numbers(numbers)
    return out.sealed(SCHEMA)


@given(st.lists(st.floats()))
def test_every_float_comes_back_to_the_last_bit(numbers: list[float]) -> None:
    back = SnapshotReader(written(*numbers), SCHEMA).numbers()
    assert [number.hex() for number in back] == [number.hex() for number in numbers]


def test_everything_comes_back_in_the_order_it_was_written() -> None:
    candle = Candle(600, 1.1, 2.2, 0.3, 1.4, 5.5, 0.6)
    out = SnapshotWriter()
    out.whole(-7)
    out.whole_or_unknown(None)
    out.whole_or_unknown(12)
    out.flag(True)
    out.flag(False)
    out.candle(candle)
    out.candle(None)
    out.number(0.1)
    saved = SnapshotReader(out.sealed(SCHEMA), SCHEMA)
    assert (saved.whole(), saved.whole_or_unknown(), saved.whole_or_unknown()) == (-7, None, 12)
    assert (saved.flag(), saved.flag()) == (True, False)
    assert (saved.candle(), saved.candle(), saved.number()) == (candle, None, 0.1)


def test_a_whole_number_given_as_a_price_is_kept() -> None:
    assert SnapshotReader(written(100), SCHEMA).numbers() == [100.0]


def test_an_unknown_number_stays_unknown() -> None:
    (back,) = SnapshotReader(written(math.nan), SCHEMA).numbers()
    assert math.isnan(back)


def test_a_snapshot_of_another_schema_is_refused() -> None:
    with pytest.raises(SnapshotRefused, match=f"schema {SCHEMA}, this engine has other"):
        SnapshotReader(written(1.0), "other")


@given(place=st.integers(0, 10_000), change=st.integers(1, 127))
def test_a_change_of_any_byte_is_noticed(place: int, change: int) -> None:
    snapshot = bytearray(written(0.1, 0.2, 0.3))
    snapshot[place % len(snapshot)] ^= change
    with pytest.raises(SnapshotRefused):
        SnapshotReader(bytes(snapshot), SCHEMA)


@pytest.mark.parametrize("torn", [b"", b"one", b"one two", b"\xff\xfe\xfd a b"])
def test_what_is_no_snapshot_at_all_is_refused(torn: bytes) -> None:
    with pytest.raises(SnapshotRefused, match="no text of this kind"):
        SnapshotReader(torn, SCHEMA)


def test_a_fingerprint_is_the_same_everywhere_and_tells_texts_apart() -> None:
    assert fingerprint("") == "0000000000000001"
    assert fingerprint("a") == "0000000000000161"
    assert fingerprint("a\0") != fingerprint("a")
    assert len({fingerprint(f"text {number}") for number in range(1000)}) == 1000
