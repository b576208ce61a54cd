import os
import stat
from pathlib import Path

import pytest

from adapters.system.report_place import require_place
from application.ports.candle_sink import SinkFailed
from tests.small_disk import file_size_limit

ROOM = 100_000


def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("the one before")
    require_place(page, ROOM)
    require_place(tmp_path / "new.html", ROOM)
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
    assert page.read_text() == "the one before"


@pytest.mark.parametrize("name", ["missing/page.html", "folder", "pipe"])
def test_what_is_no_place_for_a_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SinkFailed, match="cannot be written"):
        require_place(tmp_path / name, ROOM)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert {file.name for file in tmp_path.iterdir()} == {"folder", "pipe"}


def test_no_name_is_no_place() -> None:
    with pytest.raises(SinkFailed, match="it is no file"):
        require_place(Path("/"), ROOM)


def test_too_little_room_is_found_out(tmp_path: Path) -> None:
    with file_size_limit(ROOM - 1), pytest.raises(SinkFailed, match="File too large"):
        require_place(tmp_path / "page.html", ROOM)
    assert list(tmp_path.iterdir()) == []
