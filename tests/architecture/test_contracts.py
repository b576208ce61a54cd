"""The import contracts hold, and each of them catches a breach planted in a copy of the tree."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("domain", "application", "adapters", "composition", "native")
BREACHES = [
    ("arrows-point-inward", "domain/market/planted.py", "import application.ports"),
    ("arrows-point-inward", "application/planted.py", "from adapters.native import candle_aggregator"),
    ("arrows-point-inward", "native/planted.py", "import domain.halt"),
    ("arrows-point-inward", "adapters/native/planted.py", "from composition.session import wired"),
    ("domain-layers", "domain/market/planted.py", "import domain.structure"),
    ("domain-layers", "domain/risk/planted.py", "import domain.learning"),
    ("domain-layers", "domain/exits/planted.py", "import domain.risk"),
    ("domain-layers", "domain/setup/planted.py", "import domain.position"),
    ("domain-layers", "domain/astrology/__init__.py", ""),
    ("domain-layers", "domain/planted.py", ""),
    ("domain-imports", "domain/market/planted.py", "import random"),
    ("domain-imports", "domain/market/planted.py", "from datetime import datetime"),
    ("domain-imports", "domain/market/planted.py", "import numpy as np"),
    ("application-imports", "application/planted.py", "import os"),
    ("application-imports", "application/planted.py", "import pyarrow"),
    ("adapter-rooms", "adapters/astrology/planted.py", "from adapters.native import candle_aggregator"),
    ("composition-layers", "composition/opening.py", "import composition.live"),
    ("composition-layers", "composition/planted.py", ""),
    ("composition-root", "adapters/native/planted.py", "import bootstrap"),
    ("composition-root", "composition/planted.py", "import bootstrap"),
    ("one-container", "adapters/native/planted.py", "from dependency_injector import providers"),
]


@pytest.fixture
def copy_of_the_tree(tmp_path: Path) -> Path:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=_all_but_python)
    (tmp_path / "tests/architecture").mkdir(parents=True)
    shutil.copy(ROOT / "tests/architecture/allow_list.py", tmp_path / "tests/architecture")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_tree_keeps_every_contract() -> None:
    verdict = _lint(ROOT)
    assert verdict.returncode == 0, verdict.stdout


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_a_planted_breach_is_caught(copy_of_the_tree: Path, contract: str, file: str, line: str) -> None:
    planted = copy_of_the_tree / file
    planted.parent.mkdir(exist_ok=True)
    (planted.parent / "__init__.py").touch()
    planted.write_text(f"{line}\n")
    verdict = _lint(copy_of_the_tree, "--contract", contract)
    assert verdict.returncode == 1, verdict.stdout
    assert _module_of(file) in verdict.stdout


def test_every_contract_has_a_planted_breach() -> None:
    contracts = {contract["id"] for contract in _config()["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for contract, _, _ in BREACHES}


def test_every_package_of_the_top_level_is_under_contract_and_in_the_wheel() -> None:
    packages = {init.parent.name for init in ROOT.glob("*/__init__.py")}
    assert packages == set(_config()["tool"]["importlinter"]["root_packages"])
    assert packages == {*_config()["tool"]["maturin"]["python-packages"], "native"}


def test_the_application_takes_a_path_as_a_name_and_opens_nothing() -> None:
    taken = {
        name.name
        for file in (ROOT / "application").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in node.names
        if getattr(node, "module", None) == "pathlib" or name.name == "pathlib"
    }
    assert taken <= {"PurePath"}


def test_every_folder_with_python_is_a_package_that_the_contracts_can_see() -> None:
    folders = {file.parent for room in ROOMS for file in (ROOT / room).rglob("*.py")}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def _module_of(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _lint(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    return subprocess.run(
        [*command, "--no-logo", "--no-cache", *arguments],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )


def _config() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _all_but_python(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not (name.endswith(".py") or (Path(folder) / name).is_dir())]
