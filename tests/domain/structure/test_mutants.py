"""Each planted defect is caught by the test that is named for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.domain.structure.mutants import AT_THE_TOP, MUTANTS, Mutant

pytestmark = pytest.mark.touches_disk

ROOT = Path(__file__).resolve().parents[3]
NEEDED = ("domain", "application", "tests/domain/structure", "tests/domain/market", "tests/ports")
ALONE = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONPATH": str(ROOT),  # behind the copy: where the compiled engine comes from
}
SETTINGS = """
[pytest]
pythonpath = .
addopts = --import-mode=importlib
markers = touches_disk
"""
EXAMPLES = """
from hypothesis import Phase, settings
settings.register_profile("mutants", deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
settings.load_profile("mutants")
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the engine and its tests, to be spoilt one defect at a time."""
    house = tmp_path_factory.mktemp("house")
    for room in NEEDED:
        shutil.copytree(ROOT / room, house / room, ignore=shutil.ignore_patterns("__pycache__"))
    (house / "pytest.ini").write_text(SETTINGS)
    (house / "conftest.py").write_text(EXAMPLES)
    return house


def spoilt(source: str, mutant: Mutant) -> str:
    head, first, rest = source.partition("\n\n\n")
    at_the_top = AT_THE_TOP.get(mutant.name, "")
    return f"{head}\n{at_the_top}{first}{rest}".replace(mutant.old, mutant.new)


def outcome_of(test: str, house: Path) -> subprocess.CompletedProcess[str]:
    quiet = ["-q", "-x", "--no-header", "-p", "no:cacheprovider", "-k", "not native"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, test],
        cwd=house,
        env={**os.environ, **ALONE},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_planted_defect_is_caught(mutant: Mutant, copied: Path) -> None:
    file = copied / mutant.file
    source = file.read_text()
    assert source.count(mutant.old) == 1
    file.write_text(spoilt(source, mutant))
    try:
        outcome = outcome_of(mutant.caught_by, copied)
    finally:
        file.write_text(source)
    assert outcome.returncode == pytest.ExitCode.TESTS_FAILED, outcome.stdout
    assert "AssertionError" in outcome.stdout or "assert " in outcome.stdout, outcome.stdout
