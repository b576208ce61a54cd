"""The compiled feature path has nothing in it that could round differently on another machine."""

import re
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "native/engine/src"
FEATURE_PATH = sorted([*SOURCES.glob("structure/*.rs"), *SOURCES.glob("candle*.rs"), SOURCES / "killzone.rs"])
INEXACT = re.compile(
    r"\bf32\b|\bunsafe\b|mul_add|fast_|libm|\.(?:exp|exp2|exp_m1|ln|ln_1p|log|log2|log10|sqrt|cbrt|hypot|pow[if]"
    r"|sin|cos|tan|tanh|atan2?|recip|round|floor|ceil|trunc)\("
)


def rules_of(source: str) -> str:
    """Leave out the tests and the comments."""
    return re.sub(r"//.*", "", source.split("#[cfg(test)]\nmod tests", maxsplit=1)[0])


@pytest.mark.parametrize("file", FEATURE_PATH, ids=lambda file: file.name)
def test_only_the_four_operations_and_comparisons(file: Path) -> None:
    assert INEXACT.findall(rules_of(file.read_text())) == []


def test_every_file_of_the_rules_is_looked_at() -> None:
    names = {file.name for file in FEATURE_PATH}
    assert {"features.rs", "order_block.rs", "candle_aggregator.rs", "killzone.rs"} <= names
    assert len(names) > 20


@pytest.mark.parametrize(
    "line", ["x.mul_add(y, z)", "x as f32", "(1.0 - x).sqrt()", "x.powi(2)", "unsafe { x }"]
)
def test_what_rounds_otherwise_is_found(line: str) -> None:
    assert INEXACT.search(rules_of(f"let x = 1.0;\n{line}\n"))
