from pathlib import Path

import pytest
import typer

from adapters.terminal.own_places import refuse_shared_places


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    path = tmp_path / "BTCUSDT-1m.parquet"
    path.write_bytes(b"candles")
    return path


def test_places_of_their_own_are_fine(tape: Path) -> None:
    written = {"--json": tape.with_name("report.json"), "--out": tape.with_name("f.parquet"), "--store": None}
    refuse_shared_places(written, [str(tape), str(tape.parent), None])


def test_two_results_cannot_have_one_name(tmp_path: Path) -> None:
    written = {"--journal": tmp_path / "kept", "--json": tmp_path / "x" / ".." / "kept"}
    with pytest.raises(typer.BadParameter, match="kept is also the place of --json"):
        refuse_shared_places(written)


def test_standard_output_is_nobodys_place() -> None:
    refuse_shared_places({"--json": Path("-"), "--out": None}, ["-"])


@pytest.mark.parametrize("name", ["{tape}", "BTCUSDT={tape}", "{folder}"])
def test_a_result_never_replaces_its_source(tape: Path, name: str) -> None:
    source = name.format(tape=tape, folder=tape.parent)
    with pytest.raises(typer.BadParameter, match="would replace what is read"):
        refuse_shared_places({"--out": tape}, [source])


def test_a_link_to_the_source_is_the_source(tape: Path) -> None:
    link = tape.with_name("link")
    link.symlink_to(tape)
    with pytest.raises(typer.BadParameter, match="would replace what is read"):
        refuse_shared_places({"--out": link}, [tape])
