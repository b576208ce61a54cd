"""What is handed to a user: a wheel that works alone, and sources from which it can be built."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePath

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("domain", "application", "adapters", "composition")

pytestmark = pytest.mark.timeout(300)  # compiles native/ when nothing did before


@dataclass(frozen=True)
class Installed:
    """A wheel in an environment of its own, which borrows the libraries of this one."""

    wheel: Path
    home: Path

    def run(self, program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [str(self.home / "bin" / program), *arguments]
        return subprocess.run(
            command,
            cwd=cwd,
            env=_clean_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    wheels, home = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("home")
    _pip("wheel", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT))
    (wheel,) = wheels.glob("*.whl")
    venv.create(home, symlinks=True)
    _pip("--python", str(home / "bin/python"), "install", str(wheel))
    borrowed = sysconfig.get_path("purelib", vars={"base": str(home)})
    Path(borrowed, "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return Installed(wheel, home)


def test_slt_runs_from_another_folder(installed: Installed, tmp_path: Path) -> None:
    run = installed.run("slt", "--version", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "0.1.0" in run.stdout


def test_every_room_comes_from_the_wheel_and_not_from_the_checkout(
    installed: Installed, tmp_path: Path
) -> None:
    code = "import adapters, application, bootstrap, composition, domain, native; print(vars())"
    run = installed.run("python", "-c", code, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert run.stdout.count(str(installed.home)) == 6
    assert str(ROOT) not in run.stdout


def test_the_compiled_part_of_the_wheel_works(installed: Installed, tmp_path: Path) -> None:
    code = "import native; print(native.CandleAggregator(1, 1).update(0, 1, 1, 1, 1, 0, 0))"
    run = installed.run("python", "-c", code, cwd=tmp_path)
    assert run.stdout == "((0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0),)\n", run.stderr


def test_the_wheel_holds_every_module_and_nothing_else(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        held = {PurePath(name) for name in wheel.namelist() if ".dist-info/" not in name}
    rooms = {file.relative_to(ROOT) for room in ROOMS for file in (ROOT / room).rglob("*.py")}
    typed = {PurePath(room, "py.typed") for room in (*ROOMS, "native")}
    compiled = {PurePath("native", name) for name in ("__init__.py", "_native.pyi", "_native.abi3.so")}
    assert held == rooms | typed | compiled | {PurePath("bootstrap.py"), PurePath("front_door.py")}


def test_the_sources_hold_what_a_build_needs(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "maturin", "sdist", "--out", tmp_path],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as sources:
        held = {PurePath(*PurePath(name).parts[1:]) for name in sources.getnames()}
    rust = {file.relative_to(ROOT) for file in (ROOT / "native").rglob("*.rs")}
    named = (
        "bootstrap.py",
        "front_door.py",
        "pyproject.toml",
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE",
        "README.md",
    )
    assert rust | {PurePath(name) for name in named} <= held


def _pip(*arguments: str) -> None:
    offline = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with_maturin = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(
        [sys.executable, "-m", "pip", *arguments],
        env=_clean_environment() | offline | with_maturin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SLT_"))}
