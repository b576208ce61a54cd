"""What runs beside the main thing ends with it, and fails with it."""

import asyncio

import pytest

from application.side_by_side import with_all
from domain.halt import TradingHalt
from tests.virtual_time import run


async def main_thing(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "done"


async def for_ever(ended: list[str]) -> None:
    try:
        await asyncio.sleep(1_000_000)
    finally:
        ended.append("ended")


async def failing(error: Exception) -> None:
    await asyncio.sleep(1)
    raise error


async def nested(error: Exception) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(failing(error))


def test_what_runs_beside_ends_with_the_main_thing() -> None:
    ended: list[str] = []
    assert run(lambda: with_all(main_thing(2), [for_ever(ended), for_ever(ended)])) == "done"
    assert ended == ["ended", "ended"]


def test_what_fails_beside_ends_the_main_thing_and_is_raised_as_itself() -> None:
    ended: list[str] = []
    with pytest.raises(TradingHalt, match="why"):
        run(lambda: with_all(main_thing(9), [nested(TradingHalt("why")), for_ever(ended)]))
    assert ended == ["ended"]


def test_a_main_thing_that_fails_is_raised_as_itself() -> None:
    ended: list[str] = []
    with pytest.raises(ValueError, match="main"):
        run(lambda: with_all(failing(ValueError("main")), [for_ever(ended)]))
    assert ended == ["ended"]
