from pathlib import Path

import pytest

from adapters.system.session_folder import (
    fresh_folder,
    last_folder,
    only_here,
    resumed_folder,
    session_folders,
)


def test_the_newest_session_is_the_last(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with fresh_folder(tmp_path, name) as folder:
            assert folder.path == tmp_path / name
    assert last_folder(tmp_path).path.resolve() == (tmp_path / "two").resolve()


def test_only_its_owner_looks_into_a_session(tmp_path: Path) -> None:
    with fresh_folder(tmp_path, "one") as folder:
        assert folder.path.stat().st_mode & 0o777 == 0o700


def test_an_earlier_play_is_removed(tmp_path: Path) -> None:
    with fresh_folder(tmp_path, "one") as folder:
        for path in (folder.journal, folder.store, folder.learning):
            path.write_text("old")
            path.with_name(f"{path.name}-wal").write_text("old")
    with fresh_folder(tmp_path, "one") as folder:
        assert list(folder.path.iterdir()) == []


def test_a_session_being_played_keeps_its_folder(tmp_path: Path) -> None:
    with fresh_folder(tmp_path, "one") as folder:
        folder.journal.write_text("growing")
        with pytest.raises(OSError, match="by another program"), fresh_folder(tmp_path, "one"):
            pytest.fail("two writers of one folder")
        assert folder.journal.read_text() == "growing"


def test_other_sessions_may_be_played_beside_it(tmp_path: Path) -> None:
    with fresh_folder(tmp_path, "one"), fresh_folder(tmp_path, "two"):
        assert last_folder(tmp_path).path.resolve().name == "two"


def test_a_session_that_goes_on_keeps_its_files_and_is_the_last(tmp_path: Path) -> None:
    with fresh_folder(tmp_path, "live-1") as folder:
        folder.journal.write_text("as far as it came")
    with fresh_folder(tmp_path, "paper-1"), resumed_folder(folder) as again:
        assert again.journal.read_text() == "as far as it came"
        assert last_folder(tmp_path).path.resolve().name == "live-1"
        with pytest.raises(OSError, match="by another program"), resumed_folder(folder):
            pytest.fail("two writers of one folder")


def test_the_folders_of_one_kind_are_found(tmp_path: Path) -> None:
    for name in ("live-2", "live-1", "paper-1"):
        with fresh_folder(tmp_path, name):
            pass
    (tmp_path / "live-notes").write_text("no folder")
    assert [folder.path.name for folder in session_folders(tmp_path, "live")] == ["live-1", "live-2"]
    assert session_folders(tmp_path / "nowhere", "live") == []


def test_an_account_is_traded_once_at_a_time(tmp_path: Path) -> None:
    with (
        only_here(tmp_path / "var", "account-1"),
        only_here(tmp_path / "var", "account-2"),
        pytest.raises(OSError, match="trades this account"),
        only_here(tmp_path / "var", "account-1"),
    ):
        pytest.fail("two traders of one account")
    with only_here(tmp_path / "var", "account-1"):
        pass
