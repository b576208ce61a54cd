"""`slt venue` in a process of its own, for whoever wants to trade there."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bootstrap

COMMAND = [sys.executable, "-c", "import bootstrap; bootstrap.main()"]


def environment(**more: str) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(Path(bootstrap.__file__).parent),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


class OpenedProcess:
    """The command while it runs, and what it said about itself."""

    def __init__(self, run: "subprocess.Popen[str]") -> None:
        self.run = run
        self.lines: list[str] = []
        assert run.stdout is not None
        for line in run.stdout:
            self.lines.append(line)
            if line.startswith("Ctrl-C"):
                break

    def told(self, pattern: str) -> str:
        found = re.search(pattern, "".join(self.lines))
        assert found is not None, self.lines
        return found.group(1)

    @property
    def address(self) -> str:
        return self.told(r"REST +http://(\S+)")

    @property
    def key(self) -> str:
        return self.told(r"API_KEY=(\S+)")

    @property
    def secret(self) -> str:
        return self.told(r"API_SECRET=(\S+)")

    def stop(self, number: int = signal.SIGINT) -> str:
        """Ask it to end, and give what it said then."""
        self.run.send_signal(number)
        said, _ = self.run.communicate(timeout=20)
        return said


@contextmanager
def opened(folder: Path, *words: str) -> Iterator[OpenedProcess]:
    run = subprocess.Popen(
        [*COMMAND, "venue", "--port", "0", *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield OpenedProcess(run)
    finally:
        run.kill()
        run.communicate()


def refused(folder: Path, *words: str, **more: str) -> tuple[int, str]:
    run = subprocess.run(
        [*COMMAND, *words], cwd=folder, env=environment(**more), capture_output=True, text=True, check=False
    )
    return run.returncode, run.stderr
