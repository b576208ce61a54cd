from pathlib import Path

import pytest

from adapters.system.session_folder import fresh_folder, last_folder


def test_the_newest_session_is_the_last(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with fresh_folder(tmp_path, name) as folder:
            assert folder.path == tmp_path / name
    assert last_folder(tmp_path).path.resolve() == (tmp_path / "two").resolve()


def test_an_earlier_play_is_removed(tmp_path: Path) -> None:
    with fresh_folder(tmp_path, "one") as folder:
        folder.journal.write_text("old")
    with fresh_folder(tmp_path, "one") as folder:
        assert not folder.journal.exists()


def test_a_session_being_played_keeps_its_folder(tmp_path: Path) -> None:
    with fresh_folder(tmp_path, "one") as folder:
        folder.journal.write_text("growing")
        with pytest.raises(OSError, match="by another program"), fresh_folder(tmp_path, "one"):
            pytest.fail("two writers of one folder")
        assert folder.journal.read_text() == "growing"


def test_other_sessions_may_be_played_beside_it(tmp_path: Path) -> None:
    with fresh_folder(tmp_path, "one"), fresh_folder(tmp_path, "two"):
        assert last_folder(tmp_path).path.resolve().name == "two"
