"""The values a setting may take."""

import math
from decimal import Decimal


def require_within(
    name: str, value: float | Decimal, low: float | Decimal, high: float | Decimal = math.inf
) -> None:
    """Refuse a setting that is no finite number from low to high, both included. Raises ValueError."""
    if not math.isfinite(value) or not low <= value <= high:
        limits = f"from {low:g} to {high:g}" if math.isfinite(high) else f"of at least {low:g}"
        raise ValueError(f"{name} is {value}; it must be a number {limits}")


def require_above_zero(name: str, value: float | Decimal, high: float | Decimal = math.inf) -> None:
    """Refuse a setting that is no finite number above zero and at most high. Raises ValueError."""
    if not math.isfinite(value) or not 0 < value <= high:
        limits = f"above 0 and at most {high:g}" if math.isfinite(high) else "above 0"
        raise ValueError(f"{name} is {value}; it must be a number {limits}")
