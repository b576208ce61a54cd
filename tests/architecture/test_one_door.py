"""Nothing reaches the market but through the risk gate: it alone makes an ApprovedOrder."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GATE = "domain/risk/risk_gate.py"


def makes_approved_orders(source: str) -> bool:
    nodes = list(ast.walk(ast.parse(source)))
    aliases = {
        name.asname
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if name.name == "ApprovedOrder" and name.asname
    }
    called = {_name_of(node.func) for node in nodes if isinstance(node, ast.Call)}
    return bool(called & {"ApprovedOrder", *aliases})


def test_the_risk_gate_alone_makes_approved_orders() -> None:
    files = [ROOT / "bootstrap.py"]
    for room in ("domain", "application", "adapters", "composition", "native"):
        files += (ROOT / room).rglob("*.py")
    makers = [file.relative_to(ROOT).as_posix() for file in files if makes_approved_orders(file.read_text())]
    assert makers == [GATE]


@pytest.mark.parametrize(
    "source",
    [
        "order = ApprovedOrder(1)",
        "from domain.orders import order\norder.ApprovedOrder(1)",
        "from domain.orders.order import ApprovedOrder as Harmless\nHarmless(1)",
    ],
)
def test_another_door_is_seen_under_any_name(source: str) -> None:
    assert makes_approved_orders(source)


def test_naming_the_type_is_no_door() -> None:
    assert not makes_approved_orders("def submit(order: ApprovedOrder) -> None: send(order)")


def _name_of(called: ast.expr) -> str:
    match called:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
