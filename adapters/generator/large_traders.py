"""What large traders leave behind while they turn a stop run, and how dry it is without them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from adapters.generator.generator_settings import STEP_MS
from adapters.generator.steady_arithmetic import Floats, Ints
from adapters.generator.stop_run import PlantedStopRun

_LOG_VOLUME_BACKED: Final = 1.2
_LOG_VOLUME_BARE: Final = -0.5
_PRESSURE_BACKED: Final = 1.0
_PRESSURE_BARE: Final = -0.7


@dataclass(frozen=True, slots=True)
class Footprints:
    """What is added to each minute: to the logarithm of its volume, and to the pressure of its buyers."""

    log_volume: Floats
    pressure: Floats


def footprints(stop_runs: Iterable[PlantedStopRun], open_times_ms: Ints, strength: float) -> Footprints:
    """Mark every stop run from the minute its level is pierced to the last of its return.

    Large traders buy what the stops below a low sell, and are busy; without them takers go on selling
    into a thin market. The marks are as clear as the edge is strong, and none without strength. What
    comes after the return carries no mark.
    """
    log_volume, pressure = np.zeros(len(open_times_ms)), np.zeros(len(open_times_ms))
    first_ms = int(open_times_ms[0])
    for stop_run in stop_runs:
        minutes = slice(
            (stop_run.pierced_at_ms - first_ms) // STEP_MS, (stop_run.entered_at_ms - first_ms) // STEP_MS
        )
        log_volume[minutes] = strength * (_LOG_VOLUME_BACKED if stop_run.is_backed else _LOG_VOLUME_BARE)
        leaning = strength * (_PRESSURE_BACKED if stop_run.is_backed else _PRESSURE_BARE)
        pressure[minutes] = leaning * stop_run.direction.sign
    return Footprints(log_volume, pressure)
