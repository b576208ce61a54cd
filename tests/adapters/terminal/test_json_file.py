import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.terminal.json_file import write_json
from application.ports.candle_sink import SinkFailed
from application.session_report import TradeGroup
from domain.market.tape_audit import TapeRemark
from tests.application.sample_trades import WON


def test_amounts_are_json_numbers_with_every_digit(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_json(path, {"trade": WON, "exact": Decimal("0.10000000000000000000000001")})
    read = json.loads(path.read_text(), parse_float=Decimal)
    assert read["trade"]["net_pnl"] == WON.net_pnl
    assert read["exact"] == Decimal("0.10000000000000000000000001")
    assert json.loads(path.read_text())["trade"]["net_pnl"] == pytest.approx(2.813775)


def test_named_tuples_are_objects_and_tuples_are_lists(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    group = TradeGroup("all", 1, 1, Decimal(1), Decimal(0), Decimal(0), Decimal(1))
    write_json(path, {"groups": (group,)})
    assert json.loads(path.read_text())["groups"][0]["name"] == "all"


def test_counts_by_kind_are_keyed_by_the_name_of_the_kind(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_json(path, {"counts": {TapeRemark.ZERO_VOLUME: 3}, "places": [TapeRemark.GAP]})
    told = json.loads(path.read_text())
    assert told == {"counts": {"zero_volume": 3}, "places": [TapeRemark.GAP.value]}


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.mkdir()
    with pytest.raises(SinkFailed, match=r"report\.json"):
        write_json(path, {})
    assert [child.name for child in tmp_path.iterdir()] == ["report.json"]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / f".report.json.{os.getpid()}.part").symlink_to("/dev/full")
    with pytest.raises(SinkFailed, match="No space left"):
        write_json(tmp_path / "report.json", {"much": "x" * 100_000})
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link_and_what_it_points_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "report.json")
    write_json(tmp_path / "link.json", {"one": 1})
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "report.json").read_text()) == {"one": 1}


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_json(pipe, {"one": 1})
        assert json.loads(os.read(reader, 100)) == {"one": 1}
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_a_neighbour_with_a_likely_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "report.part").write_text("mine")
    write_json(tmp_path / "report", {"one": 1})
    assert (tmp_path / "report.part").read_text() == "mine"


def test_a_dash_is_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_json(Path("-"), {"one": 1})
    assert json.loads(capfdbinary.readouterr().out) == {"one": 1}


def test_a_place_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SinkFailed, match="Not a directory"):
        write_json(tmp_path / "file" / "report.json", {})


@pytest.mark.parametrize(("name", "reason"), [("x" * 300, "too long"), ("", "names no file")])
def test_a_name_no_file_can_have_is_told(name: str, reason: str) -> None:
    with pytest.raises(SinkFailed, match=reason):
        write_json(Path(name), {})
