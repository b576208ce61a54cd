"""No committed file names a package index's host or a place on somebody's machine."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = re.compile(
    r"""
    (test\.)?pypi\.o[r]g | files\.pythonhosted\.o[r]g       # Python's index
  | (static|index)\.crates\.i[o]                            # Rust's index
  | (?<![\w./:-])/(root|work|home/\w+|Users/\w+)/           # a folder of one machine
    """,
    re.VERBOSE,
)


def committed_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is where the user has it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [file for name in listed.stdout.split("\0") if name and (file := ROOT / name).is_file()]


def test_no_file_names_an_index_or_a_machine() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in committed_files()
        for number, line in enumerate(_text_of(file).splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://pypi" + ".org/simple",
        "https://files.python" + "hosted.org/packages/a.whl",
        "https://static.crates" + ".io/crates/a",
        "see " + "/home/" + "me/notes.txt",
        'open("' + "/ro" + 'ot/x")',
    ],
)
def test_a_planted_line_is_found(line: str) -> None:
    assert FORBIDDEN.search(line)


def _text_of(file: Path) -> str:
    content = file.read_bytes()
    return "" if b"\0" in content else content.decode(errors="replace")
