"""How the desk writes down what it decided."""

from application.ports.trade_store import DecisionRecord
from application.symbol_book import SymbolBook
from domain.learning.drift import DriftState
from domain.tape import ChampionChanged

_VACANT = "no_champion"


def record(
    book: SymbolBook, at_ms: int, kind: str, reason: str, detail: str, setup_id: str
) -> DecisionRecord:
    """Name one decision; the id is made of what it names, so that a replay names it the same.

    Two of one kind in one millisecond differ in how many stops, targets and exits were sent before.
    """
    decision_id = f"{book.symbol}-{at_ms}-{kind}-{reason}-{setup_id}-{book.legs_sent}"
    return DecisionRecord(decision_id, at_ms, book.symbol, kind, str(reason), detail, setup_id)


def account_record(at_ms: int, symbol: str, reason: str, detail: str, number: int) -> DecisionRecord:
    """Name what became of the account or its connections; `number` counts such records of a session."""
    return DecisionRecord(f"account-{at_ms}-{reason}-{number}", at_ms, symbol, "account", reason, detail, "")


def champion_record(event: ChampionChanged) -> DecisionRecord:
    """Name a change on the champion's seat."""
    champion = _VACANT if event.model is None else event.model.record.model_id
    reason = str(event.drift) if event.drift is not DriftState.STEADY else "seated"
    name = f"champion-{event.at_ms}-{champion}-{reason}"
    words = "; ".join((f"champion: {champion}", *event.reasons))
    return DecisionRecord(name, event.at_ms, "", "champion", reason, words, "")
