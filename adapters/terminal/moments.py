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


def length_ms(text: str) -> int:
    """Read a candle's length such as 5m. Raises typer.BadParameter."""
    try:
        return step_ms_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
