import contextlib
import io
import json
import sys
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.typing import FilteringBoundLogger

from adapters.logs.log import open_log
from adapters.logs.redaction import HIDDEN, Redaction
from adapters.system.clock import TapeClock

KEY = "kP9/+x\"Z'7==\\q"
NOTHING: dict[str, int] = {}
CLOCK = TapeClock(1_700_000_000_123)


def lines_of(
    write: Callable[[FilteringBoundLogger], object], *, level: str = "info", is_json: bool = False
) -> list[str]:
    stream = io.StringIO()
    write(open_log(CLOCK, level=level, is_json=is_json, secrets=[KEY], stream=stream))
    return stream.getvalue().splitlines()


def test_a_line_for_people_names_time_level_and_event_first() -> None:
    (line,) = lines_of(
        lambda log: log.info("order sent", symbol="BTCUSDT", price=Decimal("1.10"), is_maker=True)
    )
    beginning, _, fields = line.partition('"order sent"')
    assert beginning == "at=2023-11-14T22:13:20.123+00:00 level=info event="
    assert fields == " symbol=BTCUSDT price=1.10 is_maker=true"


def test_a_line_for_machines_is_one_json_object() -> None:
    (line,) = lines_of(lambda log: log.warning("slow disk", took_ms=7, price=Decimal("1.10")), is_json=True)
    assert json.loads(line) == {
        "at": "2023-11-14T22:13:20.123+00:00",
        "level": "warning",
        "event": "slow disk",
        "took_ms": 7,
        "price": "1.10",
    }


def test_lines_below_the_level_are_left_out() -> None:
    def write(log: FilteringBoundLogger) -> None:
        log.debug("a")
        log.info("b")
        log.warning("c")
        log.error("d")

    assert len(lines_of(write, level="debug")) == 4
    assert len(lines_of(write)) == 3
    assert len(lines_of(write, level="error")) == 1


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="'loud' is no log level; there are debug, info, warning, error"):
        open_log(CLOCK, level="loud")


def test_one_event_is_one_line_whatever_it_says() -> None:
    for is_json in (False, True):
        assert (
            len(
                lines_of(
                    lambda log: log.info("a\nb", reason="c\r\nevent=forged\x1b[2J\u2028"), is_json=is_json
                )
            )
            == 1
        )


def test_the_log_goes_to_stderr_and_never_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    open_log(CLOCK).info("hello")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "event=hello" in captured.err
    with pytest.raises(ValueError, match="does not go to stdout"):
        open_log(CLOCK, stream=sys.stdout)


@pytest.mark.parametrize("is_json", [False, True])
def test_secrets_are_hidden_in_every_part_of_a_line(is_json: bool) -> None:
    def write(log: FilteringBoundLogger) -> None:
        log.info(f"using {KEY}", key=KEY, nested={"inner": [KEY]}, at_url=f"/?key={KEY}", raised=OSError(KEY))  # noqa: G004 - the mistake this test is about
        _fail_with(log)

    text = "\n".join(lines_of(write, is_json=is_json))
    assert text.count(HIDDEN) >= 6
    assert "kP9" not in text


def _fail_with(log: FilteringBoundLogger) -> None:
    try:
        Decimal(f"the venue refused {KEY!r}")
    except ArithmeticError:
        log.exception("refused")
    try:
        NOTHING[KEY]
    except KeyError:
        log.exception("not found")


def test_a_stream_that_cannot_be_written_stops_nobody() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device, line-buffered as stderr is
        open_log(CLOCK, stream=full).info("lost")
        with contextlib.suppress(OSError):
            full.close()


def test_the_password_of_a_url_is_hidden_by_itself() -> None:
    redaction = Redaction(["postgresql://trader:s3cr%40t@db/slt"])
    assert redaction.of("password authentication failed: s3cr@t, s3cr%40t") == (
        f"password authentication failed: {HIDDEN}, {HIDDEN}"
    )
    assert redaction.of("dsn postgresql://trader:s3cr%40t@db/slt") == f"dsn {HIDDEN}"


def test_a_secret_that_looks_like_a_broken_url_is_hidden_all_the_same() -> None:
    assert Redaction(["http://[broken"]).of("to http://[broken") == f"to {HIDDEN}"


def test_without_secrets_a_text_stays_as_it_is() -> None:
    assert Redaction(["", ""]).of("text") == "text"


@given(
    secret=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=8, max_size=20),
    before=st.text(max_size=5),
)
def test_no_secret_passes_in_any_usual_spelling(secret: str, before: str) -> None:
    redaction = Redaction([secret])
    for spelt in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]):
        assert HIDDEN in redaction.of(before + spelt)
        assert secret not in redaction.of(before + spelt)
