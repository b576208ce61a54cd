"""What is declared is used, what is used is declared, and the lock pins it with hashes."""

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
IMPORTED_AS = {"xgboost-cpu": "xgboost"}
OURS = {"domain", "application", "adapters", "composition", "native", "bootstrap", "front_door"}


def test_the_service_declares_what_it_imports_and_nothing_more() -> None:
    declared = {_import_name(line) for line in PROJECT["project"]["dependencies"]}
    assert declared == _imported_by_the_service() - OURS - set(sys.stdlib_module_names)


def test_the_lock_pins_every_declared_package_with_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = dict(
        re.findall(r"^([a-z0-9-]+)==\S+.*((?:\\\n\s+--hash=sha256:[0-9a-f]{64}\s*)+)", lock, re.MULTILINE)
    )
    declared = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    assert {_package_name(line) for line in declared} <= pins.keys()
    assert len(pins) == len(re.findall(r"==", lock)) - len(re.findall(r"[;(].*==", lock))


def test_python_and_rust_carry_one_version() -> None:
    cargo = tomllib.loads((ROOT / "Cargo.toml").read_text())
    assert cargo["workspace"]["package"]["version"] == PROJECT["project"]["version"]


def test_every_ignored_lint_says_why() -> None:
    lint = (ROOT / "pyproject.toml").read_text().split("[tool.ruff.lint]")[1].split("[tool.mypy]")[0]
    ignored = re.findall(r'^\s+"[A-Z]+\d*",.*$', lint, re.MULTILINE)
    assert len(ignored) > 10
    assert [line for line in ignored if "# " not in line] == []


def _imported_by_the_service() -> set[str]:
    files = [ROOT / "bootstrap.py", ROOT / "front_door.py"]
    for room in ("domain", "application", "adapters", "composition", "native"):
        files += (file for file in (ROOT / room).rglob("*.py*") if file.suffix in {".py", ".pyi"})
    return {name for file in files for name in _imported_by(ast.parse(file.read_text()))}


def _imported_by(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name.split(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module.split(".")[0])
            case _:
                pass
    return names


def _package_name(requirement: str) -> str:
    return re.split(r"[<>=~! ]", requirement)[0]


def _import_name(requirement: str) -> str:
    package = _package_name(requirement)
    return IMPORTED_AS.get(package, package.replace("-", "_"))
