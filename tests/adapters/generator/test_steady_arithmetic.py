"""Tests of arithmetic that is the same on every machine."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.generator.steady_arithmetic import exponential, fading_sum


@given(st.lists(st.floats(-30.0, 30.0), min_size=1, max_size=30))
def test_the_exponential_is_the_exponential(exponents: list[float]) -> None:
    expected = [math.exp(exponent) for exponent in exponents]
    assert exponential(np.array(exponents)).tolist() == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("memory", [1.0, 2.5, 12.0, 90.0, 20_000.0])
def test_a_fading_sum_is_what_step_by_step_adding_gives(memory: float) -> None:
    shocks = np.random.Generator(np.random.PCG64(1)).standard_normal(14_400)
    expected, value = [], 0.75
    for shock in shocks.tolist():
        value = (1.0 - 1.0 / memory) * value + shock
        expected.append(value)
    assert fading_sum(shocks, memory, 0.75).tolist() == pytest.approx(expected, rel=1e-9, abs=1e-11)
