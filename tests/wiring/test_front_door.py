"""Who asks for the end while the program is still being loaded gets one line and the exit code of a shell."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import front_door

WHILE_LOADING = """
import os, signal, sys
import front_door

class AsksForTheEnd:
    def find_spec(self, name, path=None, target=None):
        if name == "bootstrap":
            os.kill(os.getpid(), signal.{name})

{before}
sys.meta_path.insert(0, AsksForTheEnd())
sys.argv[1:] = ["--version"]
front_door.main()
"""


def entered(number: signal.Signals, before: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WHILE_LOADING.format(name=number.name, before=before)],
        cwd=Path(front_door.__file__).parent,
        capture_output=True,
        text=True,
        timeout=25,
        check=False,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_while_loading_is_obeyed_without_a_trace(number: signal.Signals) -> None:
    ended = entered(number)
    assert ended.returncode == 128 + number
    assert ended.stderr == f"slt: stopped by {number.name} before it began\n"
    assert not ended.stdout


def test_a_request_that_is_ignored_stays_ignored() -> None:
    ended = entered(signal.SIGINT, before="signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("slt ")
