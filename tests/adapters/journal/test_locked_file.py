import os
from pathlib import Path

import pytest

from adapters.journal.locked_file import LockedFile, why_it_failed
from application.ports.journal import JournalFailed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    return folder / "a.journal"


def test_what_is_appended_stands_behind_everything_else(path: Path) -> None:
    file = LockedFile(path, may_create=True)
    file.append(b"one")
    file.append(bytearray(b"two"))
    assert file.size() == 6
    file.cut(4)
    file.append(b"!")
    file.close()
    assert path.read_bytes() == b"onet!"


def test_a_file_is_free_again_when_it_is_closed(path: Path) -> None:
    LockedFile(path, may_create=True).close()
    LockedFile(path, may_create=False).close()


def test_a_second_holder_is_refused_and_changes_nothing(path: Path) -> None:
    file = LockedFile(path, may_create=True)
    file.append(b"one")
    with pytest.raises(JournalFailed, match="being written by another session"):
        LockedFile(path, may_create=True)
    file.append(b"two")
    file.close()
    assert path.read_bytes() == b"onetwo"


def test_a_file_that_cannot_be_cut_is_told(path: Path) -> None:
    file = LockedFile(path, may_create=True)
    device = os.open("/dev/full", os.O_RDWR)
    os.dup2(device, file.fileno())
    os.close(device)
    with pytest.raises(JournalFailed, match=r"a.journal cannot be cut: Invalid argument"):
        file.cut(0)
    file.close()


def test_a_folder_that_went_away_is_told(path: Path) -> None:
    file = LockedFile(path, may_create=True)
    path.parent.rename(path.parent.with_name("elsewhere"))
    with pytest.raises(JournalFailed, match="there is no such file or folder"):
        file.sync_name()
    file.close()


def test_an_error_without_a_number_still_has_words() -> None:
    assert why_it_failed(OSError("the cable was pulled")) == "the cable was pulled"
