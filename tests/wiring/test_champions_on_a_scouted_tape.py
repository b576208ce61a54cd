"""Champions that come and go while trades are open: passing over quiet candles changes nothing."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

import bootstrap
import composition.walk_forward
from adapters.settings.settings_loader import load_settings
from adapters.terminal.app import build_app
from adapters.terminal.walk_forward_bench import WalkOptions
from adapters.terminal.workbench import TapeOptions
from application.session_report import SessionReport
from application.walk_forward_trials import every_challenger
from domain.learning.drift import DriftState
from domain.market.timeframe import DAY_MS, MINUTE_MS
from domain.tape import ChampionChanged

pytestmark = pytest.mark.timeout(120)  # two backtests candle by candle
RELAXED = {"setup.is_relaxed": "true"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("champions")
    words = ("tape", "generate", "--out", str(folder), "--days", "6", "--symbols", "2", "--edge", "1")
    assert CliRunner().invoke(build_app(bootstrap.Service()), words).exit_code == 0
    return folder


def history(folder: Path, structure: str = "native") -> composition.walk_forward.WalkedTapes:
    settings = load_settings({}, chosen={**RELAXED, "structure": structure})
    return composition.walk_forward.history_on(TapeOptions([str(folder)]), settings, lambda tape: tape)


def told(report: SessionReport) -> tuple[object, ...]:
    """Totals count candles and events alike; the equity is told at the same moments."""
    return report.trades, report.totals, report.equity


@pytest.fixture(scope="module")
def changes(folder: Path) -> Sequence[ChampionChanged]:
    """A champion that comes and goes every seven minutes."""
    tapes = history(folder)
    samples, _ = tapes.setups()
    rules = composition.walk_forward.walk_rules(tapes.settings, WalkOptions(2 * DAY_MS))
    seated = every_challenger(list(composition.walk_forward.walked(samples, rules)))[0]
    moments = range(seated.at_ms, max(one.sample.decided_at_ms for one in samples), 7 * MINUTE_MS)
    return [
        ChampionChanged(at_ms, seated.model if place % 2 else None, DriftState.STEADY, ())
        for place, at_ms in enumerate(moments)
    ]


def test_changes_are_heard_alike_whether_quiet_candles_are_passed_over_or_not(
    folder: Path, changes: Sequence[ChampionChanged]
) -> None:
    scouted, every = history(folder), history(folder, "reference")
    assert (scouted.is_scouted, every.is_scouted) == (True, False)
    with_changes = told(scouted.traded(changes))
    assert with_changes == told(every.traded(changes))
    assert with_changes != told(scouted.traded(()))
