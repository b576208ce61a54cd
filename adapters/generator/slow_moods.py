"""Quantities that wander and forget: the reason that calm follows calm and storm follows storm."""

import math
from dataclasses import dataclass

import numpy as np

from adapters.generator.steady_arithmetic import Floats, fading_sum


@dataclass(frozen=True, slots=True)
class Mood:
    """One wandering quantity: its memory in minutes, and its standard deviation."""

    memory_minutes: float
    spread: float


@dataclass(frozen=True, slots=True)
class Moods:
    """Several moods of different memory, added up."""

    parts: tuple[Mood, ...]

    def at_first(self, chance: np.random.Generator) -> tuple[float, ...]:
        """Draw where the moods stand when a tape begins."""
        return tuple(float(chance.standard_normal()) * mood.spread for mood in self.parts)

    def over(
        self, minutes: int, before: tuple[float, ...], chance: np.random.Generator
    ) -> tuple[Floats, tuple[float, ...]]:
        """Give the sum of the moods for each of the next minutes, and where each of them ends."""
        total = np.zeros(minutes)
        after = []
        for mood, start in zip(self.parts, before, strict=True):
            path = fading_sum(_shocks_of(mood, minutes, chance), mood.memory_minutes, start)
            total += path
            after.append(float(path[-1]))
        return total, tuple(after)


def _shocks_of(mood: Mood, minutes: int, chance: np.random.Generator) -> Floats:
    keep = 1.0 - 1.0 / mood.memory_minutes
    return chance.standard_normal(minutes) * (mood.spread * math.sqrt(1.0 - keep * keep))
