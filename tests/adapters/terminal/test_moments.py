import pytest
import typer

from adapters.terminal.moments import length_ms, moment_ms, window_ms


@pytest.mark.parametrize(
    ("text", "at_ms"),
    [
        (None, None),
        ("2023-01-31", 1_675_123_200_000),
        ("2023-01-31T08:00", 1_675_152_000_000),
        ("2023-01-31T08:00+02:00", 1_675_144_800_000),
    ],
)
def test_days_and_moments_are_utc_unless_they_say_otherwise(text: str | None, at_ms: int | None) -> None:
    assert moment_ms(text) == at_ms


@pytest.mark.parametrize("text", ["yesterday", "2023-13-01", ""])
def test_what_is_no_moment_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="2023-01-31"):
        moment_ms(text)


def test_a_window_may_be_open_on_either_side() -> None:
    assert window_ms("2023-01-31", None) == (1_675_123_200_000, None)
    assert window_ms(None, "2023-01-31") == (None, 1_675_123_200_000)


@pytest.mark.parametrize("until", ["2023-01-31", "2023-01-30"])
def test_a_window_that_ends_before_it_begins_is_refused(until: str) -> None:
    with pytest.raises(typer.BadParameter, match="before it begins"):
        window_ms("2023-01-31", until)


def test_lengths_are_written_as_traders_write_them() -> None:
    assert length_ms("5m") == 300_000
    with pytest.raises(typer.BadParameter, match="no timeframe"):
        length_ms("five")
