"""The entry of the command `slt`: a request to end is obeyed from the first moment on."""

import os
import signal
import sys
from types import FrameType
from typing import Final

_REQUESTS: Final = (signal.SIGINT, signal.SIGTERM)
_SHELL_ADDS: Final = 128


def main() -> None:
    """Open the house, which takes a second, and run the command line."""
    for number in _REQUESTS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)
    import bootstrap  # noqa: PLC0415 - only now is a request to end obeyed

    bootstrap.main()


def _leave(number: int, _frame: FrameType | None) -> None:
    """End at once: nothing is open yet, and an exception in the middle of an import may get lost."""
    sys.stderr.write(f"slt: stopped by {signal.Signals(number).name} before it began\n")
    sys.stderr.flush()
    os._exit(_SHELL_ADDS + number)
