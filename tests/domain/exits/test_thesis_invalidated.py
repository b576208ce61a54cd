import pytest

from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.exits.thesis_invalidated import thesis_invalidated
from domain.position.closed_trade import ExitReason
from domain.structure.structure_view import StructureView
from tests.trade_samples import CLOSE_MS, VIEW, a_trade, mirrored, mirrored_trade

RULES = ExitRules()
TRADE = a_trade(opened_at_ms=CLOSE_MS - 1)
THROUGH = VIEW._replace(close=1020.75)
TURNED = VIEW._replace(middle=VIEW.middle._replace(last_event=-1, is_last_event_choch=True, event_age_bars=0))


def asked(view: StructureView, confidence: float | None = None, *, is_short: bool = False) -> CloseAll | None:
    if is_short:
        return thesis_invalidated(mirrored_trade(TRADE), mirrored(view), confidence, RULES)
    return thesis_invalidated(TRADE, view, confidence, RULES)


@pytest.mark.parametrize("is_short", [False, True])
@pytest.mark.parametrize(
    ("view", "detail"),
    [
        (THROUGH, "the entry's zone was closed through"),
        (TURNED, "the middle frame changed character against the trade"),
    ],
)
def test_each_loss_of_what_the_entry_leaned_on_is_named(
    view: StructureView, detail: str, is_short: bool
) -> None:
    assert asked(view, is_short=is_short) == CloseAll(ExitReason.THESIS_INVALIDATED, detail)


@pytest.mark.parametrize("is_short", [False, True])
@pytest.mark.parametrize("close", [1021.0, 1024.0])
def test_the_thesis_stands_while_the_zone_holds(close: float, is_short: bool) -> None:
    assert asked(VIEW._replace(close=close), is_short=is_short) is None


def test_a_change_before_the_entry_does_not_count() -> None:
    assert thesis_invalidated(a_trade(opened_at_ms=CLOSE_MS), TURNED, None, RULES) is None


@pytest.mark.parametrize("view", [THROUGH, TURNED])
@pytest.mark.parametrize(
    ("confidence", "leaves"), [(None, True), (0.0, True), (0.699, True), (0.70, False), (1.0, False)]
)
def test_confidence_keeps_the_trade_and_without_a_model_structure_decides(
    view: StructureView, confidence: float | None, leaves: bool
) -> None:
    assert (asked(view, confidence) is not None) is leaves
