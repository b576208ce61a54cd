"""What make does on a fresh machine, and when it compiles again."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("requirements.lock", "pyproject.toml", "Cargo.toml", "Cargo.lock", "native/src/lib.rs")
MADE = (".venv/packages-of-the-lock", "native/_native.abi3.so")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout set up after its sources were written, on a machine with make and Python only."""
    tree, programs = tmp_path / "checkout", tmp_path / "bin"
    for moment, names in enumerate((SOURCES, *((made,) for made in MADE))):
        for name in names:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).touch()
            os.utime(tree / name, (moment, moment))
    shutil.copy(ROOT / "Makefile", tree)
    programs.mkdir()
    for name in ("make", "sh", "awk", "find"):
        (programs / name).symlink_to(shutil.which(name) or name)
    give_program(tree, "python3", f'exec "{sys.executable}" "$@"')
    return tree


def give_program(checkout: Path, name: str, body: str) -> None:
    program = checkout.parent / "bin" / name
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def make(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],  # noqa: S607 - found in the checkout's own bin
        cwd=checkout,
        env={"PATH": str(checkout.parent / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_without_cargo_is_told_in_one_line_how_to_get_it(checkout: Path) -> None:
    run = make(checkout, "build")
    assert run.returncode != 0
    assert run.stderr.splitlines()[0].startswith("cargo is missing: install Rust")
    assert run.stdout == ""


def test_an_old_cargo_is_named_with_the_version_that_is_wanted(checkout: Path) -> None:
    give_program(checkout, "cargo", "echo cargo 1.63.0")
    run = make(checkout, "build")
    assert run.returncode != 0
    assert run.stderr.splitlines()[0].startswith("cargo 1.63.0 is too old: install Rust 1.85 or newer")


def test_an_old_python_is_told_which_one_is_wanted(checkout: Path) -> None:
    give_program(checkout, "python3", "exit 1")
    give_program(checkout, "cargo", "echo cargo 1.95.0")
    run = make(checkout, "build")
    assert run.returncode != 0
    assert run.stderr.splitlines()[0].startswith("Python 3.11 or newer is needed")


def test_a_second_call_does_nothing(checkout: Path) -> None:
    give_program(checkout, "cargo", "echo cargo 1.95.0")
    run = make(checkout, "build")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize("changed", SOURCES)
def test_a_changed_source_is_compiled_again(checkout: Path, changed: str) -> None:
    run = make(checkout, "--dry-run", f"--what-if={changed}", "build")
    assert "--no-build-isolation --editable" in run.stdout


@pytest.mark.parametrize("changed", SOURCES)
def test_packages_are_installed_again_only_when_the_lock_changed(checkout: Path, changed: str) -> None:
    run = make(checkout, "--dry-run", f"--what-if={changed}", "build")
    assert ("--require-hashes" in run.stdout) == (changed == "requirements.lock")


@pytest.mark.parametrize("peer", ["peers", "nautilus"])
def test_the_packages_of_a_peer_are_installed_once_and_again_after_a_failure(
    checkout: Path, peer: str
) -> None:
    """The environment's own pip is often too old to know of dependency groups, so they are read for it."""
    shutil.copy(ROOT / "pyproject.toml", checkout)
    os.utime(checkout / "pyproject.toml", (0, 0))
    give_program(checkout, "cargo", "echo cargo 1.95.0")
    asked = checkout / "asked"
    (checkout.parent / "bin" / "rm").symlink_to(shutil.which("rm") or "rm")
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir()
    answers = f'case "$1" in -m) echo "$@" >> {asked}; test ! -e {asked}.fails; exit ;; esac'
    python.write_text(f'#!/bin/sh\n{answers}\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (checkout / "asked.fails").touch()
    assert make(checkout, peer).returncode != 0
    (checkout / "asked.fails").unlink()
    asked.unlink()
    assert make(checkout, peer).returncode == make(checkout, peer).returncode == 0
    first, *later = asked.read_text().splitlines()
    assert first.endswith(f"--target .venv/{peer} --requirement .venv/{peer}.txt")
    assert later == [f"-m benchmarks.{peer}"] * 2
    wanted = (checkout / ".venv" / f"{peer}.txt").read_text().splitlines()
    assert wanted == tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"][peer]
