"""What lies at the path of a tape."""

from pathlib import Path


def files_at(path: str) -> list[Path]:
    """List the files in a folder by name, or the one file. Raises FileNotFoundError."""
    place = Path(path)
    if not place.exists():
        raise FileNotFoundError(f"{path} does not exist")
    places = sorted(place.iterdir()) if place.is_dir() else [place]
    return [file for file in places if file.is_file()]
