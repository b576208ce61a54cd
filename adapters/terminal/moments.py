"""Days and moments as people type them."""

from datetime import UTC, datetime

import typer

from domain.market.timeframe import step_ms_of


def moment_ms(text: str | None) -> int | None:
    """Read an ISO day or moment as milliseconds; UTC unless it says otherwise.

    Raises typer.BadParameter.
    """
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no day or moment; write 2023-01-31 or 2023-01-31T08:00"
        ) from error
    if read.tzinfo is None:
        read = read.replace(tzinfo=UTC)
    return int(read.timestamp() * 1000)


def window_ms(start: str | None, until: str | None) -> tuple[int | None, int | None]:
    """Read where a window begins and where it ends. Raises typer.BadParameter."""
    from_ms, until_ms = moment_ms(start), moment_ms(until)
    if from_ms is not None and until_ms is not None and until_ms <= from_ms:
        raise typer.BadParameter(f"the window ends ({until}) before it begins ({start})")
    return from_ms, until_ms


def length_ms(text: str) -> int:
    """Read a candle's length such as 5m. Raises typer.BadParameter."""
    try:
        return step_ms_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
