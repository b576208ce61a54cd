import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.own_test_coverage import gaps

ROOT = Path(__file__).resolve().parents[2]
RULE = """def sign(price):
    if price > 0:
        return 1
    return -1
"""
OWN_TEST = "from domain.market.sign import sign\n\n\ndef test_up():\n    assert sign(2) == 1\n"
OTHER_TEST = "from domain.market.sign import sign\n\n\ndef test_down():\n    assert sign(-2) == -1\n"


@pytest.mark.timeout(120)  # starts a test run of its own
def test_a_line_reached_by_the_test_of_another_file_only_is_a_gap(tmp_path: Path) -> None:
    assert _gaps_after_a_run(tmp_path, OWN_TEST) == ["domain/market/sign.py: lines 4; branches 2->4"]


@pytest.mark.timeout(120)  # starts a test run of its own
def test_a_file_whose_own_test_reaches_everything_has_no_gap(tmp_path: Path) -> None:
    assert _gaps_after_a_run(tmp_path, f"{OWN_TEST}    assert sign(-2) == -1\n") == []


def _gaps_after_a_run(tree: Path, own_test: str) -> list[str]:
    planted = {
        "domain/__init__.py": "",
        "domain/market/__init__.py": "",
        "domain/market/sign.py": RULE,
        "tests/domain/market/test_sign.py": own_test,
        "tests/domain/market/test_other.py": OTHER_TEST,
    }
    for name, text in planted.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    shutil.copy(ROOT / "pyproject.toml", tree)
    measured = ["--cov=domain", "--cov-branch", "--cov-context=test", "--cov-report="]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *measured],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return gaps(tree, tree / ".coverage")
