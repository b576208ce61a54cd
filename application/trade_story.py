"""What was decided on the way of one trade."""

from collections.abc import Iterable

from application.ports.trade_store import DecisionRecord
from domain.orders.order_ids import setup_of
from domain.position.closed_trade import ClosedTrade


def decisions_on(trade: ClosedTrade, decisions: Iterable[DecisionRecord]) -> list[DecisionRecord]:
    """Give every decision on a trade's setup and its orders, in the order given.

    A second trade of one setup is called like it with a `.2` behind; both share their decisions.
    """
    return decisions_on_setup(setup_behind(trade.trade_id), decisions)


def setup_behind(trade_id: str) -> str:
    """Give the setup that a trade came of; that of a setup's id is itself."""
    return ".".join(trade_id.split(".")[:3])


def decisions_on_setup(setup: str, decisions: Iterable[DecisionRecord]) -> list[DecisionRecord]:
    """Give every decision on a setup and its orders, in the order given, whether it was taken or refused."""
    return [one for one in decisions if (setup_of(one.setup_id) or one.setup_id) == setup]
