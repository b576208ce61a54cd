"""Faults written down in a file."""

from pathlib import Path

import pytest

from adapters.venue.fault_file import FaultsRefused, faults_asked_for, read_faults
from adapters.venue.faults import FaultSwitch, seeded_schedule


def test_seconds_count_from_the_start_of_the_market() -> None:
    text = '[{"fault": "sockets_cut"}, {"fault": "stop_stuck", "chance": 0.5, "from_s": 1.5, "until_s": 60}]'
    assert read_faults(text, 10_000) == [
        FaultSwitch("sockets_cut", 1.0, 10_000),
        FaultSwitch("stop_stuck", 0.5, 11_500, 70_000),
    ]


def test_a_window_of_no_foreseeable_end_has_none() -> None:
    text = '[{"fault": "sockets_cut", "until_s": 1e308}]'
    assert read_faults(text, 10_000) == [FaultSwitch("sockets_cut", 1.0, 10_000)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no list of faults"),
        ('{"fault": "sockets_cut"}', "no list of faults"),
        ('[{"fault": "sockets_cut", "colour": "red"}]', "unknown field `colour`"),
        ('[{"fault": "sockets_cut"}, {"fault": "earthquake"}]', "fault 2: no fault earthquake"),
        ('[{"fault": "sockets_cut", "chance": 2}]', "fault 1: chance 2.0"),
        ('[{"fault": "sockets_cut", "from_s": 1e308}]', "fault 1: from_s 1e.308 of sockets_cut"),
        ('[{"fault": "sockets_cut", "from_s": -1}]', "fault 1: from_s -1.0 of sockets_cut"),
        ('[{"fault": "sockets_cut", "from_s": 9, "until_s": 3}]', "fault 1: until_s 3.0 of sockets_cut"),
    ],
)
def test_what_is_no_list_of_faults_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_faults(text, 0)


def test_faults_come_from_a_file_or_a_seed_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('[{"fault": "sockets_cut"}]')
    assert faults_asked_for(None, 5, 60_000) == []
    assert faults_asked_for(7, 5, 60_000) == seeded_schedule(7, 5, 60_000)
    assert faults_asked_for(file, 5, 60_000) == [FaultSwitch("sockets_cut", 1.0, 5)]
    file.write_text("{")
    with pytest.raises(FaultsRefused, match=r"faults\.json: no list of faults"):
        faults_asked_for(file, 5, 60_000)
