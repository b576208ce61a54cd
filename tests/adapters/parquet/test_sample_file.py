from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.parquet.sample_file import SampleFile
from application.ports.candle_sink import SinkFailed
from application.ports.sample_store import SamplesRefused
from domain.learning.outcome import LabelledSample, Outcome
from domain.learning.sample import Context
from domain.market.direction import Direction
from domain.position.closed_trade import ExitReason
from domain.refusal import RefusalReason
from domain.setup.setup import SetupKind
from domain.structure.structure_view import FEATURE_NAMES
from tests.learning_samples import A_SAMPLE, a_sample, an_outcome

LABELLED = LabelledSample(A_SAMPLE, an_outcome())
numbers = st.floats(allow_nan=False, allow_infinity=False)
moments = st.integers(0, 2**62)
prices = st.decimals(0, 10**9, places=8)

labelled_samples = st.builds(
    LabelledSample,
    st.builds(
        replace,
        st.just(A_SAMPLE),
        direction=st.sampled_from(Direction),
        decided_at_ms=moments,
        features=st.tuples(*[numbers] * len(FEATURE_NAMES)),
        context=st.builds(Context, numbers, numbers, numbers, st.integers(0, 23), st.sampled_from(SetupKind)),
        entry=prices,
        stop=prices,
        target=prices,
        refused_for=st.none() | st.sampled_from(RefusalReason),
    ),
    st.builds(
        Outcome, st.just(A_SAMPLE.sample_id), numbers, moments, st.sampled_from(ExitReason), st.booleans()
    ),
)


@given(st.lists(labelled_samples, max_size=4))
def test_samples_are_read_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, samples: list[LabelledSample]
) -> None:
    file = SampleFile(tmp_path_factory.getbasetemp() / "samples.parquet")
    assert file.write(samples) == len(samples)
    assert list(map(repr, file.samples())) == list(map(repr, samples))


def test_a_file_names_its_columns_as_a_trader_would(tmp_path: Path) -> None:
    SampleFile(tmp_path / "samples.parquet").write([LABELLED])
    assert pq.read_schema(tmp_path / "samples.parquet").names == [
        "sample_id", "symbol", "direction", "decided_at_ms", "schema_hash", *FEATURE_NAMES,
        "stop_fraction", "cost_in_r", "atr_fraction", "hour", "kind", "entry", "stop", "target",
        "refused_for", "net_r", "resolved_at_ms", "exit_reason", "is_shadow",
    ]  # fmt: skip


def test_more_than_one_group_of_rows_stays_in_order(tmp_path: Path) -> None:
    file = SampleFile(tmp_path / "samples.parquet")
    samples = [LabelledSample(a_sample(str(number)), an_outcome(str(number))) for number in range(8_200)]
    assert file.write(samples) == 8_200
    assert list(file.samples()) == samples


def test_a_harvest_that_breaks_off_leaves_what_was_kept_before(tmp_path: Path) -> None:
    def torn() -> Iterator[LabelledSample]:
        yield LABELLED
        raise KeyError("the tape tore")

    file = SampleFile(tmp_path / "samples.parquet")
    file.write([LABELLED])
    with pytest.raises(KeyError):
        file.write(torn())
    assert list(file.samples()) == [LABELLED]
    assert [path.name for path in tmp_path.iterdir()] == ["samples.parquet"]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(SinkFailed):
        SampleFile(tmp_path / "nowhere" / "samples.parquet").write([LABELLED])


def test_a_file_that_is_not_there_or_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SamplesRefused, match="is no readable Parquet file"):
        list(SampleFile(tmp_path / "samples.parquet").samples())
    (tmp_path / "samples.parquet").write_text("no Parquet")
    with pytest.raises(SamplesRefused, match="is no readable Parquet file"):
        list(SampleFile(tmp_path / "samples.parquet").samples())


def rewritten(path: Path, table: pa.Table) -> SampleFile:
    pq.write_table(table, path)
    return SampleFile(path)


def kept(path: Path) -> pa.Table:
    SampleFile(path).write([LABELLED, LABELLED])
    return pq.read_table(path)


def test_a_file_of_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "samples.parquet"
    table = kept(path)
    with pytest.raises(SamplesRefused, match="holds no such samples: order_flow"):
        list(rewritten(path, table.drop_columns(["order_flow"])).samples())
    with pytest.raises(SamplesRefused, match="holds no such samples: their order"):
        list(rewritten(path, table.select(table.column_names[::-1])).samples())
    index = table.column_names.index("entry")
    floats = table.set_column(index, "entry", pa.array([1.0, 2.0]))
    with pytest.raises(SamplesRefused, match="wrong type: entry holds double"):
        list(rewritten(path, floats).samples())


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("direction", "sideways"),
        ("kind", "a hunch"),
        ("entry", "much"),
        ("order_flow", float("nan")),
        ("order_flow", None),
        ("net_r", float("inf")),
        ("refused_for", "a bad mood"),
        ("exit_reason", "boredom"),
    ],
)
def test_a_row_that_cannot_be_true_is_named(tmp_path: Path, name: str, wrong: str | float | None) -> None:
    path = tmp_path / "samples.parquet"
    table = kept(path)
    index = table.column_names.index(name)
    column = pa.array([table.column(name)[0].as_py(), wrong], table.schema.field(name).type)
    samples = rewritten(path, table.set_column(index, name, column)).samples()
    assert next(samples) == LABELLED
    with pytest.raises(SamplesRefused, match="row 2: ") as refused:
        next(samples)
    assert refused.value.row == 2


def test_a_price_keeps_its_digits(tmp_path: Path) -> None:
    file = SampleFile(tmp_path / "samples.parquet")
    file.write([LabelledSample(replace(A_SAMPLE, entry=Decimal("1024.50")), an_outcome())])
    assert str(next(file.samples()).sample.entry) == "1024.50"
