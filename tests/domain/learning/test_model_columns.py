from domain.learning.model_columns import CONTEXT_NAMES, context_row, head_names, head_row
from domain.setup.setup import SetupKind
from domain.structure.structure_view import FEATURE_NAMES
from tests.learning_samples import A_SAMPLE

CONTEXT = A_SAMPLE.context._replace(
    stop_fraction=0.01, cost_in_r=0.1, atr_fraction=0.002, hour=17, kind=SetupKind.ORDER_BLOCK_RETURN
)


def test_the_rival_reads_the_context_alone() -> None:
    assert CONTEXT_NAMES == ("stop_fraction", "cost_in_r", "atr_fraction", "hour", "kind")
    assert context_row(CONTEXT) == (0.01, 0.1, 0.002, 17.0, 0.0)
    assert context_row(CONTEXT._replace(kind=SetupKind.GAP_RETURN))[-1] == 1.0


def test_the_heads_read_the_twelve_features_and_nothing_else_unless_told() -> None:
    assert head_names(sees_context=False) == FEATURE_NAMES
    assert head_row(A_SAMPLE.features, CONTEXT, sees_context=False) == A_SAMPLE.features


def test_with_context_every_column_still_has_its_name() -> None:
    row = head_row(A_SAMPLE.features, CONTEXT, sees_context=True)
    named = dict(zip(head_names(sees_context=True), row, strict=True))
    assert named["hour"] == 17.0
    assert named["liquidity_context"] == A_SAMPLE.features[-1]
