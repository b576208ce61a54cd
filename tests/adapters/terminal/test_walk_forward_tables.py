from rich.console import Console

from adapters.terminal.walk_forward_tables import walk_forward_tables
from application.walk_forward_report import WalkForwardReport
from tests.walk_reports import AN_EDGE, MODEL_ID, NO_MODEL


def shown(report: WalkForwardReport) -> str:
    console = Console(width=240)
    with console.capture() as captured:
        console.print(walk_forward_tables(report))
    return captured.get()


def test_every_interval_is_read_for_the_reader() -> None:
    text = shown(AN_EDGE)
    for words in (
        "above zero",
        "below zero",
        "nothing to say",
        "without a model",
        "those they would have taken",
    ):
        assert words in text


def test_stretches_name_their_models_and_those_without() -> None:
    text = shown(AN_EDGE)
    assert str(AN_EDGE.stretches[1].model_id) in text
    assert "none" in text
    assert MODEL_ID not in text


def test_without_a_model_only_the_stretches_are_shown() -> None:
    text = shown(NO_MODEL)
    assert "stretch by stretch" in text
    assert "net R of setups" not in text
    assert shown(NO_MODEL._replace(stretches=())).strip() == ""
