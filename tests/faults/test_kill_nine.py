"""What a process that is killed, or a power cut, leaves on disk holds every order the venue saw."""

from pathlib import Path

import pytest

from domain.setup.setup_rules import EntryStyle
from tests.faults.kill_nine import Killed, intents_in, killed, wrong_with
from tests.faults.watched_session import watched
from tests.faults.whole_service import JOURNAL, SYNCED

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_kill_or_a_power_cut_loses_nothing_that_the_venue_or_the_store_saw(
    seed: int, tmp_path: Path
) -> None:
    left = killed(seed, tmp_path)
    assert left.asked
    assert list(wrong_with(left)) == []


def a_whole_session(folder: Path) -> Killed:
    watched(1, 6, EntryStyle.MARKET, folder, ())
    return Killed(1, sorted(intents_in(folder / JOURNAL)), 0, folder)


def test_a_whole_session_is_in_its_journal(tmp_path: Path) -> None:
    assert list(wrong_with(a_whole_session(tmp_path))) == []


def test_an_order_that_was_not_on_disk_is_seen(tmp_path: Path) -> None:
    left = a_whole_session(tmp_path)
    (tmp_path / SYNCED).write_text(str((tmp_path / JOURNAL).stat().st_size // 2))
    found = list(wrong_with(left))
    assert found
    assert all(words.endswith("lost by a power cut") for words in found)


def test_a_trade_that_is_kept_and_not_journalled_is_seen(tmp_path: Path) -> None:
    left = a_whole_session(tmp_path)
    journal = tmp_path / JOURNAL
    with journal.open("r+b") as file:
        file.truncate(journal.stat().st_size // 2)
    (tmp_path / SYNCED).write_text(str(journal.stat().st_size))
    assert any(words.endswith("not journalled") for words in wrong_with(left))
