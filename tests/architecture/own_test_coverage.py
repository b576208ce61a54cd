"""Check that each file of domain/ is covered, lines and branches, by its own test file alone.

Reads the data of a run of tests/domain that recorded which test ran what (`make coverage`).
"""

import json
import re
import sys
import tempfile
from pathlib import Path, PurePath

import coverage

ROOT = Path(__file__).resolve().parents[2]
AT_IMPORT = "^$"


def main() -> int:
    """Print every gap in the data file named on the command line; the exit code is 1 when there is one."""
    found = gaps(ROOT, Path(sys.argv[1]))
    sys.stdout.writelines(f"{gap}\n" for gap in found)
    verdict = f"{len(found)} with gaps" if found else "every line and branch reached from its own test file"
    sys.stdout.write(f"domain/: {len(domain_files(ROOT))} files, {verdict}\n")
    return 1 if found else 0


def gaps(root: Path, data_file: Path) -> list[str]:
    """Name each file of a checkout's domain/ that its own test file did not cover, and what is missing."""
    report = coverage.Coverage(data_file=data_file, config_file=root / "pyproject.toml", messages=False)
    report.load()
    said = [(file, _gap_of(root, file, report)) for file in domain_files(root)]
    return [f"{file}: {gap}" for file, gap in said if gap]


def domain_files(root: Path) -> list[PurePath]:
    """List the files of domain/ that hold anything."""
    return sorted(path.relative_to(root) for path in (root / "domain").rglob("*.py") if path.stat().st_size)


def _gap_of(root: Path, file: PurePath, report: coverage.Coverage) -> str:
    own_test = f"^{re.escape((PurePath('tests') / file.parent / f'test_{file.name}').as_posix())}::"
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        report.json_report([str(root / file)], outfile=out.name, contexts=[AT_IMPORT, own_test])
        (seen,) = json.loads(Path(out.name).read_text())["files"].values()
    lines = ", ".join(str(line) for line in seen["missing_lines"])
    branches = ", ".join(f"{start}->{end if end > 0 else 'end'}" for start, end in seen["missing_branches"])
    said = [f"{what} {which}" for what, which in (("lines", lines), ("branches", branches)) if which]
    return "; ".join(said)


if __name__ == "__main__":
    sys.exit(main())
