import json
from decimal import Decimal

import pytest

from application.decision import STAND_ASIDE, Cancel, Decision, DecisionDraft, EquityMark, encode
from domain.position.account import LedgerEntry, LedgerKind
from tests.application.sample_trades import WON, refusal


def test_an_empty_draft_stands_aside() -> None:
    assert DecisionDraft().finish() is STAND_ASIDE
    assert encode(STAND_ASIDE) == b""


def test_each_part_of_a_draft_reaches_the_decision() -> None:
    draft = DecisionDraft()
    draft.cancels.append(Cancel("BTCUSDT", "one"))
    draft.trades.append(WON)
    draft.records.append(refusal(1, "no_edge"))
    draft.ledger.append(LedgerEntry(LedgerKind.FEE, Decimal("-0.1"), 5, "f1"))
    draft.marks.append(EquityMark(5, Decimal(1), Decimal(2)))
    decision = draft.finish()
    assert decision == Decision(
        cancels=tuple(draft.cancels),
        trades=tuple(draft.trades),
        records=tuple(draft.records),
        ledger=tuple(draft.ledger),
        marks=tuple(draft.marks),
    )


def test_encoding_keeps_every_digit() -> None:
    told = json.loads(encode(Decision(trades=(WON,))))
    assert told["trades"][0]["fees"] == "0.17622500"
    assert told["trades"][0]["exit_reasons"] == ["partial_profit", "target"]


@pytest.mark.parametrize("amount", ["1.0", "1.00", "1.01"])
def test_amounts_written_differently_are_different_decisions(amount: str) -> None:
    one = Decision(marks=(EquityMark(1, Decimal(1), Decimal(1)),))
    other = Decision(marks=(EquityMark(1, Decimal(1), Decimal(amount)),))
    assert encode(one) != encode(other)


def test_what_no_decision_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot hold object"):
        encode(Decision(marks=(EquityMark(1, object(), Decimal(1)),)))  # type: ignore[arg-type]
