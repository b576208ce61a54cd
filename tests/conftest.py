"""How every test runs: one printed seed, no deadlines, and the domain's tests in a vacuum."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.vacuum import vacuum

DOMAIN_TESTS = Path(__file__).parent / "domain"

settings.register_profile("house", deadline=None, print_blob=True, max_examples=60)
settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=2000)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let hypothesis draw from the seed that pytest-randomly prints, so one number repeats a run."""
    if config.getoption("hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(config.getoption("randomly_seed", 0))


def pytest_report_header() -> str:
    """Say whether real candles take part."""
    folder = os.environ.get("SLT_MARKET_DATA")
    return f"real candles: {folder or 'left out, SLT_MARKET_DATA names no folder'}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Run a domain test without files, sockets, processes and clock, unless it is marked touches_disk."""
    if DOMAIN_TESTS not in item.path.parents or item.get_closest_marker("touches_disk"):
        return (yield)
    with vacuum():
        return (yield)


@pytest.fixture(scope="session")
def market_data() -> Path:
    """The folder of real candles; tests that ask for it are left out where there is none."""
    folder = os.environ.get("SLT_MARKET_DATA")
    if not folder:
        pytest.skip("needs real candles: set SLT_MARKET_DATA to their folder")
    return Path(folder)
