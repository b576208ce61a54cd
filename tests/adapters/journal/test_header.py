import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.journal.header import encode_header, is_cut_short, read_header
from application.ports.journal import JournalFailed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
HEADERS = st.dictionaries(st.text(), JSON, max_size=4)


@given(HEADERS)
def test_any_plain_json_is_read_back_in_its_order(header: dict[str, object]) -> None:
    again, reader = read_header(io.BytesIO(encode_header(header)), Path("a"))
    assert json.dumps(again) == json.dumps(header)
    assert reader.next_payload() is None


@given(HEADERS, st.data())
def test_only_a_whole_header_is_not_cut_short(header: dict[str, object], data: st.DataObject) -> None:
    whole = encode_header(header)
    size = data.draw(st.integers(0, len(whole)))
    assert is_cut_short(io.BytesIO(whole[:size]), size) == (size < len(whole))


@pytest.mark.parametrize(
    "header",
    [
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": {1, 2}},
        {"a": (1, 2)},
        {"a": {1: 2}},
        {"a": b"bytes"},
        {"a": "\ud800"},
    ],
    ids=["nan", "inf", "set", "tuple", "number as a key", "bytes", "half a character"],
)
def test_what_would_not_read_back_is_refused(header: dict[str, object]) -> None:
    with pytest.raises(JournalFailed, match="header"):
        encode_header(header)


def test_a_header_longer_than_a_frame_is_refused() -> None:
    with pytest.raises(JournalFailed, match="more than 16777216"):
        encode_header({"a": "x" * (16 * 1024 * 1024)})
