"""Whether a connection can be relied upon."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.streams.connectivity import NEXT, Connectivity, LinkEvent, next_connectivity, worst
from domain.halt import TradingHalt


def test_a_connection_is_live_only_when_something_was_heard() -> None:
    state = Connectivity.DOWN
    for event in (LinkEvent.DIALLED, LinkEvent.OPENED):
        state = next_connectivity(state, event)
    assert state is Connectivity.UNPROVEN
    assert next_connectivity(state, LinkEvent.HEARD) is Connectivity.LIVE


def test_what_the_table_does_not_know_halts_trading() -> None:
    with pytest.raises(TradingHalt, match="DOWN cannot have heard"):
        next_connectivity(Connectivity.DOWN, LinkEvent.HEARD)


def test_every_state_is_in_the_table_and_every_one_but_the_last_can_be_stopped() -> None:
    assert set(NEXT) == set(Connectivity)
    assert not NEXT[Connectivity.STOPPED]
    stoppable = {state for state, moves in NEXT.items() if LinkEvent.STOPPED in moves}
    assert stoppable == set(Connectivity) - {Connectivity.STOPPED}


@given(st.lists(st.sampled_from(LinkEvent), max_size=30))
def test_no_way_leads_to_live_without_hearing(events: list[LinkEvent]) -> None:
    state, was_heard = Connectivity.DOWN, False
    for event in events:
        if event not in NEXT[state]:
            continue
        state = next_connectivity(state, event)
        was_heard = event is LinkEvent.HEARD or (was_heard and event is not LinkEvent.LOST)
        assert state is not Connectivity.LIVE or was_heard


def test_a_feed_is_worth_as_much_as_its_worst_connection() -> None:
    assert worst((Connectivity.LIVE, Connectivity.SILENT)) is Connectivity.SILENT
    assert worst((Connectivity.LIVE, Connectivity.LIVE)) is Connectivity.LIVE
    assert worst(()) is Connectivity.DOWN
