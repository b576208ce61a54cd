"""Faults written down in a file."""

import pytest

from adapters.venue.fault_file import read_faults
from adapters.venue.faults import FaultSwitch


def test_seconds_count_from_the_start_of_the_market() -> None:
    text = '[{"fault": "sockets_cut"}, {"fault": "stop_stuck", "chance": 0.5, "from_s": 1.5, "until_s": 60}]'
    assert read_faults(text, 10_000) == [
        FaultSwitch("sockets_cut", 1.0, 10_000),
        FaultSwitch("stop_stuck", 0.5, 11_500, 70_000),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no list of faults"),
        ('{"fault": "sockets_cut"}', "no list of faults"),
        ('[{"fault": "sockets_cut", "colour": "red"}]', "unknown field `colour`"),
        ('[{"fault": "sockets_cut"}, {"fault": "earthquake"}]', "fault 2: no fault earthquake"),
        ('[{"fault": "sockets_cut", "chance": 2}]', "fault 1: chance 2.0"),
    ],
)
def test_what_is_no_list_of_faults_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_faults(text, 0)
