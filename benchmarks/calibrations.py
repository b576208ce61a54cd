"""A curve or a staircase: what each calibration costs, by the number of independent samples behind it.

`python -m benchmarks.calibrations`: scores whose probability to win is known. A line for each truth and size:
how much log loss each calibration adds to that of the truth, in thousandths; how often its lower bound lies
above the truth (one time in ten is meant); and the growth that Kelly has by that bound at even money, at most
a fifth of equity a bet, in hundredths of a percent a signal, beside Kelly's that knows the truth.
"""

import argparse
import sys
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.learning.calibration import Calibration, CalibrationRules
from domain.learning.isotonic_regression import isotonic_regression
from domain.learning.platt_scaling import platt_scaling

Floats = NDArray[np.float64]

SIZES: Final = (250, 500, 1_000, 2_000, 4_000)
ASKED: Final = 500
MOST: Final = 0.2
RULES: Final = CalibrationRules()

TRUTHS: Final[dict[str, Callable[[Floats], Floats]]] = {
    "no edge": lambda x: np.full_like(x, 0.45),
    "a weak edge": lambda x: 1.0 / (1.0 + np.exp(0.2 - 0.15 * x)),
    "a strong edge": lambda x: 1.0 / (1.0 + np.exp(0.2 - 0.6 * x)),
    "an edge in the tail": lambda x: 1.0 / (1.0 + np.exp(0.3 - 0.8 * np.maximum(x - 0.8, 0.0))),
    "an edge like a step": lambda x: np.where(x > 0.7, 0.6, 0.42),
}


class Worth(NamedTuple):
    """What a calibration added to the log loss, how often its bound was too high, and what it earned."""

    added: float
    too_high: float
    growth: float


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold a curve and a staircase to known probabilities.")
    parser.add_argument("--histories", type=int, default=100)
    histories = parser.parse_args().histories
    sys.stdout.write(
        "truth                 size   log loss: curve, stairs          too high      growth, and the best\n"
    )
    for name, truth in TRUTHS.items():
        for size in SIZES:
            sys.stdout.write(f"{name:20}{size:6}  {_line(truth, size, histories)}\n")
            sys.stdout.flush()
    return 0


def _line(truth: Callable[[Floats], Floats], size: int, histories: int) -> str:
    curves, stairs = [], []
    asked = np.random.default_rng(99).normal(size=ASKED)
    chances = truth(asked)
    for seed in range(histories):
        deal = np.random.default_rng(seed)
        seen = deal.normal(size=size)
        won = (deal.random(size) < truth(seen)).tolist()
        scores, weights = seen.tolist(), [1.0] * size
        fitted = platt_scaling(scores, won, weights, float(size), RULES.slope_sd)
        curves.append(_worth(fitted, asked, chances))
        stepped = isotonic_regression(scores, won, weights, float(size))
        stairs.append(_worth(stepped, asked, chances))
    curve, stair = (Worth(*np.mean(worths, axis=0)) for worths in (curves, stairs))
    error = float(np.std([one.added for one in stairs])) / histories**0.5
    return (
        f"{curve.added * 1e3:12.2f} {stair.added * 1e3:7.2f} (+-{error * 1e3:.2f})"
        f"  {curve.too_high:10.2f} {stair.too_high:4.2f}"
        f"  {curve.growth * 1e4:7.2f} {stair.growth * 1e4:7.2f} {_growth(chances, chances) * 1e4:7.2f}"
    )


def _worth(calibration: Calibration, asked: Floats, chances: Floats) -> Worth:
    said = np.array([calibration.probability(score) for score in asked.tolist()])
    bounds = np.array([calibration.lower_bound(score, RULES.bound_z) for score in asked.tolist()])
    added = _log_loss(chances, said) - _log_loss(chances, chances)
    return Worth(added, float((bounds > chances + 1e-9).mean()), _growth(chances, bounds))


def _log_loss(chances: Floats, said: Floats) -> float:
    held = np.clip(said, 1e-6, 1.0 - 1e-6)
    return float(-(chances * np.log(held) + (1.0 - chances) * np.log(1.0 - held)).mean())


def _growth(chances: Floats, believed: Floats) -> float:
    bets = np.clip(2.0 * believed - 1.0, 0.0, MOST)
    return float((chances * np.log1p(bets) + (1.0 - chances) * np.log1p(-bets)).mean())


if __name__ == "__main__":
    sys.exit(main())
