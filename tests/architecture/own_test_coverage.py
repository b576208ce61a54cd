"""Check that each file of domain/ is covered, lines and branches, by its own test file alone.

Reads the `.coverage` of a run of tests/domain that recorded which test ran what (`make coverage`).
"""

import json
import re
import sys
import tempfile
from pathlib import Path, PurePath

import coverage

ROOT = Path(__file__).resolve().parents[2]
AT_IMPORT = "^$"


def own_test_of(file: PurePath) -> PurePath:
    """Give the test file that mirrors a file, as in tests/domain/market/test_candle.py."""
    return PurePath("tests") / file.parent / f"test_{file.name}"


def gaps_of(file: PurePath, report: coverage.Coverage) -> list[str]:
    """List the lines and branches of a file that its own test file does not reach."""
    own_test = f"^{re.escape(own_test_of(file).as_posix())}::"
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        report.json_report([str(ROOT / file)], outfile=out.name, contexts=[AT_IMPORT, own_test])
        (seen,) = json.loads(Path(out.name).read_text())["files"].values()
    lines = [f"{file}:{line} never runs" for line in seen["missing_lines"]]
    branches = [f"{file}:{start} never goes on to {_place(end)}" for start, end in seen["missing_branches"]]
    return lines + branches


def main() -> int:
    """Print every gap; the exit code is 1 when there is one."""
    report = coverage.Coverage(
        data_file=ROOT / ".coverage", config_file=ROOT / "pyproject.toml", messages=False
    )
    report.load()
    files = sorted(path.relative_to(ROOT) for path in (ROOT / "domain").rglob("*.py") if path.stat().st_size)
    gaps = [gap for file in files for gap in gaps_of(file, report)]
    sys.stdout.writelines(f"{gap}\n" for gap in gaps)
    verdict = f"{len(gaps)} gaps" if gaps else "every line and branch from its own test file"
    sys.stdout.write(f"domain/: {len(files)} files, {verdict}\n")
    return 1 if gaps else 0


def _place(line: int) -> str:
    return "its end" if line < 0 else f"line {line}"


if __name__ == "__main__":
    sys.exit(main())
