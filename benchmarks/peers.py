"""Our engine and forest beside what others offer, in one run and in CPU time, as a table with ratios.

Run by `make peers` in an environment of its own, with the `peers` group of pyproject.toml in it.
"""

import importlib
import io
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xgboost
from numpy.typing import NDArray

import native
from benchmarks.test_forest import SIZES, booster_of
from benchmarks.test_structure_engine import Columns, cut, five_minute_tape

BARS = 20_000
STREAMED = 2_000
RECOMPUTED = 5_000
"""How many bars a peer without state reads again for one new bar."""

OURS = "this project"
Singles = NDArray[np.float32]


class Figure(NamedTuple):
    """What one bar or row costs somebody."""

    who: str
    what: str
    seconds: float


def main() -> None:
    """Measure, and print one table a question."""
    if not native.IS_RELEASE_BUILD:
        sys.exit("the compiled module is a debug build; make a release build with: make build")
    tape = five_minute_tape()
    show(f"one bar of {BARS:,} in a batch", batch_figures(cut(tape, 0, BARS)))
    show("one new bar", stream_figures(cut(tape, 0, RECOMPUTED + STREAMED)))
    for trees, depth in SIZES:
        show(f"one row through {trees} trees of depth {depth}", forest_figures(booster_of(trees, depth)))


def batch_figures(tape: Columns) -> list[Figure]:
    """Give a bar's share: three timeframes and twelve features here, single indicators elsewhere."""
    peers: list[tuple[str, str, Callable[[], object]]] = [
        ("smartmoneyconcepts", "eight functions", partial(every_smc_function, frame_of(tape)))
    ]
    peers += [("pyvsmc", name, run) for name, run in pyvsmc_functions(tape)]
    own = Figure(OURS, "batch", cpu_seconds(lambda: native.StructureEngine().batch(*tape), 9) / BARS)
    return [own, *(Figure(who, what, cpu_seconds(run, 1) / BARS) for who, what, run in peers)]


def stream_figures(tape: Columns) -> list[Figure]:
    """Give what one new bar costs; who keeps no state reads the last bars again."""
    engine = native.StructureEngine()
    engine.batch(*cut(tape, 0, RECOMPUTED))
    rows = list(zip(*(column[RECOMPUTED:].tolist() for column in tape), strict=True))
    own = cpu_seconds(lambda: [engine.update(*row) for row in rows], 1) / len(rows)
    last = cut(tape, 0, RECOMPUTED)
    again = f"the last {RECOMPUTED:,} bars again"
    return [
        Figure(OURS, "update", own),
        Figure("smartmoneyconcepts", again, cpu_seconds(partial(every_smc_function, frame_of(last)), 1)),
        Figure("pyvsmc", again, sum(cpu_seconds(run, 3) for _, run in pyvsmc_functions(last))),
    ]


def forest_figures(booster: xgboost.Booster) -> list[Figure]:
    """Give one row's cost from Python, with one thread."""
    forest = native.Forest.from_xgboost(bytes(booster.save_raw("ubj")))
    row = np.random.default_rng(3).normal(size=(1, forest.features)).astype(np.float32)
    numbers = tuple(row[0].tolist())
    with tempfile.TemporaryDirectory() as folder:
        runs: list[tuple[str, str, Callable[[], object]]] = [
            (OURS, "predict_margin", lambda: forest.predict_margin(numbers)),
            ("xgboost", "inplace_predict", lambda: booster.inplace_predict(row)),
            ("treelite", "gtil", treelite_walker(booster, row)),
            ("treelite", "compiled by tl2cgen and gcc", compiled_by_tl2cgen(booster, row, Path(folder))),
            ("onnxruntime", "run", onnx_session(booster, row)),
        ]
        return [Figure(who, what, cpu_seconds(partial(repeat, run, 300), 5) / 300) for who, what, run in runs]


def every_smc_function(frame: object) -> None:
    """Call all functions of smartmoneyconcepts once."""
    with redirect_stdout(io.StringIO()):
        smc: Any = importlib.import_module("smartmoneyconcepts").smc
    swings = smc.swing_highs_lows(frame, swing_length=5)
    smc.fvg(frame)
    smc.bos_choch(frame, swings)
    smc.ob(frame, swings)
    smc.liquidity(frame, swings)
    smc.previous_high_low(frame, time_frame="1h")
    smc.sessions(frame, session="London")
    smc.retracements(frame, swings)


def pyvsmc_functions(tape: Columns) -> list[tuple[str, Callable[[], object]]]:
    """Give the functions of pyvsmc that correspond to a part of ours."""
    peer: Any = importlib.import_module("pyvsmc")
    _, opened, high, low, close, _, _ = tape
    return [
        ("detect_swings", lambda: peer.detect_swings(high, low, 5)),
        ("detect_structure", lambda: peer.detect_structure(high, low, close, 5)),
        ("detect_fvg", lambda: peer.detect_fvg(high, low, compute_mitigation=True, close=close)),
        ("detect_order_blocks", lambda: peer.detect_order_blocks(opened, high, low, close, window_size=5)),
        ("detect_liquidity", lambda: peer.detect_liquidity(high, low, close, window_size=5)),
        ("detect_zones", lambda: peer.detect_zones(high, low, close, window_size=5)),
    ]


def frame_of(tape: Columns) -> object:
    """Give the table that smartmoneyconcepts reads."""
    pandas: Any = importlib.import_module("pandas")
    times, opened, high, low, close, volume, _ = tape
    columns = {"open": opened, "high": high, "low": low, "close": close, "volume": volume}
    frame: object = pandas.DataFrame(columns, index=pandas.to_datetime(times, unit="ms"))
    return frame


def treelite_walker(booster: xgboost.Booster, row: Singles) -> Callable[[], object]:
    """Give treelite's own walker."""
    treelite: Any = importlib.import_module("treelite")
    model = treelite.frontend.from_xgboost(booster)
    return lambda: treelite.gtil.predict(model, row, nthread=1)


def compiled_by_tl2cgen(booster: xgboost.Booster, row: Singles, folder: Path) -> Callable[[], object]:
    """Give the trees as machine code."""
    treelite: Any = importlib.import_module("treelite")
    tl2cgen: Any = importlib.import_module("tl2cgen")
    library = str(folder / "forest.so")
    tl2cgen.export_lib(treelite.frontend.from_xgboost(booster), toolchain="gcc", libpath=library, nthread=1)
    predictor = tl2cgen.Predictor(library, nthread=1)
    return lambda: predictor.predict(tl2cgen.DMatrix(row))


def onnx_session(booster: xgboost.Booster, row: Singles) -> Callable[[], object]:
    """Give the trees as an ONNX graph."""
    runtime: Any = importlib.import_module("onnxruntime")
    tools: Any = importlib.import_module("onnxmltools")
    kinds: Any = importlib.import_module("onnxmltools.convert.common.data_types")
    graph = tools.convert_xgboost(
        booster, initial_types=[("row", kinds.FloatTensorType([None, row.shape[1]]))]
    )
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(graph.SerializeToString(), options)
    return lambda: session.run(None, {"row": row})


def cpu_seconds(run: Callable[[], object], rounds: int) -> float:
    """Give the least CPU time of some rounds, after one that does not count if there are several."""
    if rounds > 1:
        run()
    return min(timed(run) for _ in range(rounds))


def timed(run: Callable[[], object]) -> float:
    """Give the CPU time of one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


def repeat(run: Callable[[], object], times: int) -> None:
    """Call something often."""
    for _ in range(times):
        run()


def show(question: str, figures: list[Figure]) -> None:
    """Print a table as Markdown; the ratio is to our figure, the first."""
    lines = [f"### CPU time of {question}", "", "| who | what | us | ratio |", "|---|---|---|---|"]
    own = figures[0].seconds
    lines += [f"| {who} | {what} | {1e6 * cost:,.2f} | {cost / own:,.1f} |" for who, what, cost in figures]
    sys.stdout.write("\n".join(lines) + "\n\n")


if __name__ == "__main__":
    main()
