from pathlib import Path

import pytest

from adapters.system.tape_files import files_at


def test_a_folder_is_its_files_by_name_and_a_file_itself(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text("")
    (tmp_path / "folder").mkdir()
    assert [file.name for file in files_at(str(tmp_path))] == ["a.csv", "b.csv"]
    assert files_at(str(tmp_path / "b.csv")) == [tmp_path / "b.csv"]


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere does not exist"):
        files_at(str(tmp_path / "nowhere"))
