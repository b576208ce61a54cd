"""`slt` in a process of faster time: `python -m tests.takeover.hurried_slt SPEED BEGAN_S WALL_MS ...`.

At the moment `BEGAN_S` of the system's monotonic clock it is `WALL_MS` on the wall; what follows is what
would be typed behind `slt`.
"""

import sys
import time
from types import ModuleType

from tests.hurried_time import HurriedLoop


class ProcessTimeLoop(HurriedLoop):
    """Goes by the clock of the process, which is hurried already."""

    def time(self) -> float:
        return time.monotonic()


def hurry(speed: float, began_s: float, wall_ms: float) -> None:
    """Let all clocks of this process run faster, and every loop with them."""
    monotonic = time.monotonic
    loops = ModuleType("uvloop")
    loops.new_event_loop = lambda: ProcessTimeLoop(speed, began_s)  # type: ignore[attr-defined]
    sys.modules["uvloop"] = loops

    def elapsed_s() -> float:
        return (monotonic() - began_s) * speed

    time.monotonic = elapsed_s
    time.monotonic_ns = lambda: round(elapsed_s() * 1e9)
    time.time_ns = lambda: round(wall_ms * 1e6 + elapsed_s() * 1e9)
    time.time = lambda: wall_ms / 1e3 + elapsed_s()


def main() -> None:
    """Run the command line."""
    speed, began_s, wall_ms, *words = sys.argv[1:]
    hurry(float(speed), float(began_s), float(wall_ms))
    sys.argv[1:] = words
    import bootstrap  # noqa: PLC0415 - it chooses its loop when it is imported

    bootstrap.main()


if __name__ == "__main__":
    main()
