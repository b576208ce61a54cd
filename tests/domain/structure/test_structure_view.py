import domain.structure.structure_view as seen
from domain.structure.structure_view import FEATURE_NAMES, Pool, Zone, ZoneKind
from tests.fakes.structure_engine import QUIET


def test_the_order_of_the_twelve_features_is_a_contract() -> None:
    assert FEATURE_NAMES == (
        "market_structure",
        "order_blocks_count",
        "institutional_candle",
        "liquidity_grab",
        "order_flow",
        "fvg_count",
        "trend_alignment_enhanced",
        "swing_high_distance",
        "structure_integrity",
        "institutional_participation",
        "timeframe_convergence",
        "liquidity_context",
    )


def test_a_view_is_a_value() -> None:
    assert Pool(111.0, 2) == Pool(111.0, 2)
    assert Zone(ZoneKind.BREAKER, 99.0, 103.0, 0) != Zone(ZoneKind.ORDER_BLOCK, 99.0, 103.0, 0)
    assert len(seen.StructureView._fields) == 18


def test_a_view_is_of_the_close_of_its_base_bar() -> None:
    five_minutes = QUIET.base._replace(step_ms=300_000)
    assert QUIET._replace(open_time_ms=600_000, base=five_minutes).closed_at_ms == 900_000
