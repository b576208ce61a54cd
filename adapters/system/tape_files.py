"""What lies at the path of a tape."""

from pathlib import Path


def files_at(path: Path) -> list[Path]:
    """List the files in a folder by name, or the one file. Raises FileNotFoundError."""
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    places = sorted(path.iterdir()) if path.is_dir() else [path]
    return [place for place in places if place.is_file()]
