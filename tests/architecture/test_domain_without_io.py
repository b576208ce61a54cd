"""The domain's tests run with files, sockets, processes and the clock blocked, and pass."""

import datetime as dt
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vacuum import ReachedOut, vacuum

ROOT = Path(__file__).resolve().parents[2]
PLANTED = """
import pytest

def test_that_reads_a_file():
    open(__file__).close()

@pytest.mark.touches_disk
def test_that_says_so():
    open(__file__).close()
"""


@pytest.mark.parametrize(
    "reach_out",
    [
        lambda: Path(__file__).read_text(),
        lambda: Path(__file__).parent.joinpath("never").mkdir(),
        lambda: sorted(Path(__file__).parent.iterdir()),
        socket.socket,
        lambda: socket.getaddrinfo("localhost", 80),
        lambda: subprocess.run(["true"], check=True),  # noqa: S607 - never started
        lambda: sqlite3.connect(":memory:"),
        lambda: time.time() + 0,
        lambda: time.monotonic_ns() + 0,
        lambda: time.sleep(0),
        lambda: dt.datetime.now(dt.UTC),
        lambda: dt.date.today().year,  # noqa: DTZ011 - never told
    ],
)
def test_nothing_outside_answers_in_the_vacuum(reach_out: Callable[[], object]) -> None:
    with vacuum(), pytest.raises(ReachedOut):
        reach_out()


def test_outside_the_vacuum_everything_answers_again() -> None:
    with vacuum():
        pass
    assert Path(__file__).read_text()
    assert time.time() > 0
    assert dt.datetime.now(dt.UTC).year > 2000


@pytest.mark.timeout(120)
def test_a_domain_test_that_reads_a_file_fails_unless_it_is_marked(tmp_path: Path) -> None:
    (tmp_path / "tests/domain").mkdir(parents=True)
    for name in ("conftest.py", "vacuum.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests" / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests/domain/test_planted.py").write_text(PLANTED)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "1 failed, 1 passed" in run.stdout, run.stdout
    assert "ReachedOut: open in a vacuum" in run.stdout
