"""Deliberate defects of the compiled structure engine, each of which the comparison must catch.

`make mutants` plants them one by one in a copy of the crate, builds it, and lets it read the charts below.
A mutant is caught when it tells, shows, refuses or remembers anything but what the readable engine does.
"""

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from adapters.native.candle_run import NativeRunMaker
from adapters.native.scout import NativeScout
from adapters.native.structure_engine import NativeStructureEngine
from application.ports.scout import Scout
from domain.market.candle import Candle, CandleRefused
from domain.market.candle_run import CandleList, CandleRun
from domain.setup.scout import Scout as ReferenceScout
from domain.setup.setup_rules import EntryStyle, SetupRules
from domain.structure.fair_value_gap import FairValueGapRules
from domain.structure.liquidity import LiquidityRules
from domain.structure.order_block import OrderBlockRules
from domain.structure.structure_config import STANDARD, StructureConfig
from domain.structure.structure_engine import StructureEngine as ReferenceEngine
from domain.structure.swing import SwingRules
from tests.domain.structure.charts import STEP_MS, smooth, wandering, without_takers
from tests.tape_samples import columns_of

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs/structure-mutants.md"
LIBRARY = "lib_native.dylib" if sys.platform == "darwin" else "lib_native.so"
CRATE = "native/engine/src"
ENGINE = f"{CRATE}/structure"
Engine = ReferenceEngine | NativeStructureEngine

CROWDED = StructureConfig(
    swing=SwingRules(reach_bars=1),
    order_block=OrderBlockRules(reach_bars=2, max_height_atr=0.5, max_age_bars=60, kept=2),
    fair_value_gap=FairValueGapRules(min_size_atr=0.01, max_age_bars=40, kept=3),
    liquidity=LiquidityRules(equal_within_atr=0.5, wait_bars=4, max_age_bars=50, kept=3),
)


class Mutant(NamedTuple):
    """One defect: where, what is written there, what is written instead, and what that means."""

    defect: str
    file: str
    old: str
    new: str


MUTANTS = (
    Mutant(
        "the batch reads the next bar's close",
        "native/src/candle_columns.rs",
        ".zip(self.close);",
        ".zip(self.close.iter().skip(1).chain(self.close.last()).zip(self.high.iter().zip(self.low))"
        ".map(|(&next, (&high, &low))| &*Box::leak(Box::new(next.clamp(low, high)))));",
    ),
    Mutant(
        "gaps are filtered by a percentage of price, not by ATR",
        f"{ENGINE}/fair_value_gap.rs",
        "self.rules.min_size_atr * moment.atr_before",
        "self.rules.min_size_atr * 0.01 * second.close.abs()",
    ),
    Mutant(
        "a close on the level breaks it",
        f"{ENGINE}/break_of_structure.rs",
        "close > self.price",
        "close >= self.price",
    ),
    Mutant(
        "a plateau's later bars are swings too",
        f"{ENGINE}/swing.rs",
        "if newest.high > highest { 0 }",
        "if newest.high >= highest { 0 }",
    ),
    Mutant(
        "a longer bar is published one base bar early",
        "native/engine/src/candle_aggregator.rs",
        "into_bucket_ms + step_ms == into_ms",
        "into_bucket_ms + 2 * step_ms == into_ms",
    ),
    Mutant(
        "a refused bar leaves its flow behind",
        f"{ENGINE}/structure_engine.rs",
        "return Err(fault);",
        "self.frames.flow.update(bar);\n            return Err(fault);",
    ),
    Mutant(
        "a volume beyond anything traded is taken",
        f"{CRATE}/candle.rs",
        " & (volume <= LARGEST))",
        ")",
    ),
    Mutant(
        "displacement is measured by an ATR that includes the bar",
        f"{ENGINE}/frame.rs",
        "displacement_of(candle, atr_before, &self.rules)",
        "displacement_of(candle, atr, &self.rules)",
    ),
    Mutant(
        "a gap may span a missing bar",
        f"{ENGINE}/frame.rs",
        "self.is_third_in_row(now_ms).unwrap_or(false)",
        "self.is_third_in_row(now_ms).is_some()",
    ),
    Mutant(
        "the new pivot is confirmed before the break is looked for",
        f"{ENGINE}/frame.rs",
        "self.see_both_sides(&up_bar, &down_bar, &moment);\n        self.up.confirm(&up_bar, &moment);",
        "self.up.confirm(&up_bar, &moment);\n        self.see_both_sides(&up_bar, &down_bar, &moment);",
    ),
    Mutant(
        "a new gap lives through the bar that made it",
        f"{ENGINE}/chart_side.rs",
        "            self.gaps.find(bar, self.bars.as_slice(), moment);\n",
        "            self.gaps.find(bar, self.bars.as_slice(), moment);\n"
        "            self.gaps.update(bar, moment);\n"
        "            self.gaps.update(&SidedBar { low: bar.low - moment.atr, ..*bar }, moment);\n",
    ),
    Mutant(
        "a fresh gap is forgotten when it comes to filling",
        f"{ENGINE}/fair_value_gap.rs",
        "self.highest_edge = larger(self.highest_edge, top);",
        "",
    ),
    Mutant(
        "a bar that just reaches a breaker is passed over",
        f"{ENGINE}/order_block.rs",
        "(bar.high < self.high_below)",
        "(bar.high <= self.high_below)",
    ),
    Mutant(
        "a breaker keeps the touches of the block it was",
        f"{ENGINE}/order_block.rs",
        "        block.touches = 0;\n",
        "",
    ),
    Mutant(
        "a block counts on the bar that created it",
        f"{ENGINE}/order_block.rs",
        "if newest.created_bar == last_bar =>",
        "if newest.created_bar > last_bar =>",
    ),
    Mutant(
        "a sweep may wait one bar longer",
        f"{ENGINE}/liquidity.rs",
        "moment.bar - pool.pierced_bar < wait_bars",
        "moment.bar - pool.pierced_bar <= wait_bars",
    ),
    Mutant(
        "equal highs move the level",
        f"{ENGINE}/liquidity.rs",
        "newest.count += 1;",
        "newest.count += 1;\n            newest.level = level;",
    ),
    Mutant(
        "a waiting sweep is lost in a snapshot",
        f"{ENGINE}/liquidity.rs",
        "        self.pierced = saved.each(|saved| {",
        "        let _lost: Vec<PiercedPool> = saved.each(|saved| {",
    ),
    Mutant(
        "a window sum is carried on instead of begun anew",
        f"{ENGINE}/window_sum.rs",
        "*complete = begun,",
        "*complete = begun.map(|sum| sum + 1e-17 * complete[0]),",
    ),
    Mutant(
        "numbers that wait to enter a sum are added to each other first",
        f"{ENGINE}/window_sum.rs",
        "entered + first + second + third + fourth",
        "entered + (first + second) + third + fourth",
    ),
    Mutant(
        "the highest bar is forgotten in a snapshot",
        f"{ENGINE}/chart_side.rs",
        "        self.watch.look_again(self.bars.as_slice());\n",
        "",
    ),
    Mutant(
        "gaps and blocks are added in another order",
        f"{ENGINE}/squash.rs",
        "        take(&pair[0], first);\n        take(&pair[1], second);",
        "        take(&pair[1], second);\n        take(&pair[0], first);",
    ),
    Mutant(
        "a restored engine weighs nothing before its next bar",
        f"{ENGINE}/three_frames.rs",
        "        self.weigh(self.last.map_or(0.0, |last| last.close));\n",
        "",
    ),
    Mutant(
        "a pool that the close has passed is still above it",
        f"{ENGINE}/liquidity.rs",
        "if nearest.level >= close {",
        "if nearest.level >= close - 1.0 {",
    ),
    Mutant(
        "a break grows old two bars at a time",
        f"{ENGINE}/squash.rs",
        "*share = recency(age_bars, half_life_bars);",
        "*share = recency(age_bars - age_bars % 2, half_life_bars);",
    ),
    Mutant(
        "a fused multiply-add rounds once instead of twice",
        f"{ENGINE}/average_true_range.rs",
        "((self.period_bars - 1.0) * before + true_range)",
        "(self.period_bars - 1.0).mul_add(before, true_range)",
    ),
    Mutant(
        "single precision slips in",
        f"{ENGINE}/squash.rs",
        "    x / (1.0 + x.abs())",
        "    f64::from((x / (1.0 + x.abs())) as f32)",
    ),
    Mutant(
        "New York has no summer time",
        "native/engine/src/killzone.rs",
        "start <= now && now < end",
        "start <= now && now < start",
    ),
    Mutant(
        "the dealing range forgets the forming bar",
        f"{ENGINE}/three_frames.rs",
        "dealing_range.widened_by(growing.low, growing.high)",
        "dealing_range.widened_by(growing.close, growing.close)",
    ),
    Mutant(
        "a hole of just the allowed length resets",
        f"{ENGINE}/structure_engine.rs",
        "i128::from(last_ms) > longest_ms",
        "i128::from(last_ms) >= longest_ms",
    ),
    Mutant(
        "the scout overlooks a zone that price is just in reach of",
        f"{CRATE}/first_look.rs",
        "distance <= reach &&",
        "distance < reach * 0.98 &&",
    ),
    Mutant(
        "the scout forgets that a short is the mirror image",
        f"{CRATE}/first_look.rs",
        " || may_offer(view, Side::Short, range, rules)",
        "",
    ),
    Mutant(
        "the scout holds relaxed rules to the cheap half",
        f"{CRATE}/first_look.rs",
        "(rules.is_relaxed || is_cheap)",
        "is_cheap",
    ),
    Mutant(
        "the scout lets a displacement count only after the middle bar that turned",
        f"{CRATE}/first_look.rs",
        "age.saturating_add(middle.step_ms / base_step_ms - 1)",
        "age",
    ),
    Mutant(
        "the scout takes a sweep of the other side",
        f"{CRATE}/first_look.rs",
        "view.sweep * side.sign() > 0.0",
        "view.sweep * side.sign() < 0.0",
    ),
    Mutant(
        "the scout wants triggers a bar younger",
        f"{CRATE}/first_look.rs",
        "trigger.0 <= rules.trigger_max_age_bars",
        "trigger.0 < rules.trigger_max_age_bars",
    ),
    Mutant(
        "the scout rides past the end of a day",
        f"{CRATE}/scout.rs",
        "opened_ms.saturating_add(self.step_ms).div_euclid(DAY_MS)",
        "opened_ms.saturating_add(self.step_ms - 1).div_euclid(DAY_MS)",
    ),
    Mutant(
        "the scout rides past a candle that is refused",
        f"{CRATE}/scout.rs",
        "else { return true };",
        "else { return false };",
    ),
    Mutant(
        "candles that the desk was shown are not followed",
        f"{CRATE}/scout.rs",
        "            self.is_for_the_desk(candle);\n",
        "            let _ = candle;\n",
    ),
    Mutant(
        "a candle in which nothing was traded is plain",
        f"{CRATE}/tape_audit.rs",
        "row.volume > 0.0",
        "row.volume >= 0.0",
    ),
    Mutant(
        "a plain row may close at any time",
        f"{CRATE}/tape_audit.rs",
        " || !closes_in_time {",
        " {",
    ),
)


def main() -> None:
    """Plant every mutant, print which are caught, and write the report."""
    expected = digest_of(ReferenceEngine)
    with tempfile.TemporaryDirectory() as folder:
        bench = Path(folder)
        if heard_from(bench, None) != expected:
            sys.exit("the engine as it is does not agree with the readable one")
        verdicts = [(mutant, heard_from(bench, mutant) not in {expected, "not built"}) for mutant in MUTANTS]
    for mutant, is_caught in verdicts:
        sys.stdout.write(f"{'caught' if is_caught else 'SURVIVED'}: {mutant.defect}\n")
    REPORT.write_text(report_on(verdicts))
    if not all(is_caught for _, is_caught in verdicts):
        sys.exit(1)


def heard_from(bench: Path, mutant: Mutant | None) -> str:
    """Build the crate with the defect in it and give the digest of all it tells, or how it ended."""
    copy = bench / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for file in ("Cargo.toml", "Cargo.lock"):
        shutil.copy(ROOT / file, copy)
    shutil.copytree(ROOT / "native", copy / "native", ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    if mutant is not None:
        planted = copy / mutant.file
        planted.write_text(planted.read_text().replace(mutant.old, mutant.new))
    if not is_built(copy, bench / "target"):
        return "not built"
    shutil.copy(bench / "target/debug" / LIBRARY, copy / "native/_native.abi3.so")
    told = subprocess.run(
        [sys.executable, "-m", "tests.parity.mutants", "digest"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": f"{copy}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() or "panicked"


def is_built(copy: Path, target: Path) -> bool:
    """Build with overflow checks; warnings about what a defect leaves unused do not count."""
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(target),
        "CARGO_PROFILE_DEV_OPT_LEVEL": "1",
        "CARGO_PROFILE_DEV_DEBUG": "0",
        "RUSTFLAGS": "--cap-lints warn",
    }
    command = ["cargo", "build", "--quiet", "--locked", "--package", "slt-native"]
    return (
        subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False).returncode == 0
    )


def digest_of(kind: type[ReferenceEngine | NativeStructureEngine]) -> str:
    """Give a hash of everything an engine tells of all charts."""
    digest = hashlib.sha256()
    for config, bars in charts():
        for word in (*told_of(kind, config, bars), *scouted_by(kind, config, bars)):
            digest.update(word.encode())
    return digest.hexdigest()


def charts() -> Iterator[tuple[StructureConfig, list[Candle]]]:
    """Give charts with everything in them: holes, refused bars, unknown takers, equal highs."""
    for seed in range(3):
        for config in (STANDARD, CROWDED):
            yield config, with_holes(wandering(900, seed), seed)
    yield STANDARD, with_holes(without_takers(smooth(900, 7)), 7)
    yield STANDARD, summer(wandering(900, 8))


def told_of(
    kind: type[ReferenceEngine | NativeStructureEngine], config: StructureConfig, bars: list[Candle]
) -> Iterator[str]:
    """Give rows, refusals, views and snapshots, the engine being replaced by its snapshot now and then."""
    engine = kind(config)
    for number, bar in enumerate(bars):
        yield answer(engine, bar)
        if number % 50 == 17:
            for volume in (-1.0, 1e101):
                yield answer(engine, bar._replace(volume=volume, open_time_ms=bar.open_time_ms + STEP_MS))
            snapshot = engine.snapshot()
            engine = kind(config)
            engine.restore(snapshot)
        yield repr(engine.view())
    yield engine.snapshot().decode()
    yield batch_of(kind(config), bars).hex()


def scouted_by(
    kind: type[ReferenceEngine | NativeStructureEngine], config: StructureConfig, bars: list[Candle]
) -> Iterator[str]:
    """Give the bars at which a scout stops under all kinds of rules, and the stretches of plain rows."""
    odd = [bar if number % 97 else bar._replace(volume=0.0) for number, bar in enumerate(bars)]
    odd[150] = odd[150]._replace(low=-1.0)
    closes = [bar.open_time_ms + STEP_MS - (2 if number % 89 == 3 else 1) for number, bar in enumerate(odd)]
    for is_relaxed, entry in product((False, True), EntryStyle):
        rules = SetupRules(is_relaxed=is_relaxed, entry=entry)
        if kind is ReferenceEngine:
            yield repr(stops_of(ReferenceScout(STEP_MS, rules, config), CandleList(odd)))
        else:
            yield repr(stops_of(NativeScout(STEP_MS, rules, config), NativeRunMaker().of_candles(odd)))
    rows = (
        CandleList(odd, closes)
        if kind is ReferenceEngine
        else NativeRunMaker().of_columns(
            columns_of(
                [
                    (number, bar, close)
                    for number, (bar, close) in enumerate(zip(odd, closes, strict=True), 1)
                ],
                STEP_MS,
            )
        )
    )
    yield repr([rows.plain_until(start, odd[start].open_time_ms, STEP_MS) for start in range(len(odd))])


def stops_of(scout: Scout, run: CandleRun) -> list[int]:
    """Ride over a tape, of which the desk is shown some bars one by one."""
    stops, at = [], 0
    while at < len(run):
        at += scout.ahead(run.part(at, len(run)))
        stops.append(at)
        at += 1
        if len(stops) % 7 == 0 and at + 5 <= len(run):
            scout.follow(run.part(at, at + 5))
            at += 5
    return stops


def answer(engine: Engine, bar: Candle) -> str:
    """Give the row to the last bit, or the fault."""
    try:
        return " ".join(value.hex() for value in engine.update(bar))
    except CandleRefused as refused:
        return refused.fault.name


def batch_of(engine: Engine, bars: list[Candle]) -> bytes:
    """Give the rows of all bars at once, where the engine can do that, else one by one."""
    if isinstance(engine, ReferenceEngine):
        return np.array([engine.update(bar) for bar in bars]).tobytes()
    numbers = np.array([bar[1:] for bar in bars], dtype=np.float64).T.copy()
    times = np.array([bar.open_time_ms for bar in bars], dtype=np.int64)
    opened, high, low, close, volume, taker_buy = numbers
    return engine.batch(times, opened, high, low, close, volume, taker_buy).tobytes()


def with_holes(bars: list[Candle], seed: int) -> list[Candle]:
    """Leave out single bars, and once as many as the engine just bears."""
    chance = random.Random(seed)
    kept = [bar for bar in bars if chance.random() > 0.01]
    return kept[:500] + [
        bar for bar in kept[500:] if bar.open_time_ms >= kept[499].open_time_ms + 12 * STEP_MS
    ]


def summer(bars: list[Candle]) -> list[Candle]:
    """Move a chart from January to July."""
    return [bar._replace(open_time_ms=bar.open_time_ms + 182 * 288 * STEP_MS) for bar in bars]


def report_on(verdicts: list[tuple[Mutant, bool]]) -> str:
    """Give the page that says which defects were planted and caught."""
    rows = "".join(
        f"| {mutant.defect} | `{Path(mutant.file).name}` | {'caught' if is_caught else 'survived'} |\n"
        for mutant, is_caught in verdicts
    )
    caught = sum(is_caught for _, is_caught in verdicts)
    return (
        "# Defects planted in the compiled structure engine\n\n"
        "Written by `make mutants`, which plants each of these in a copy of the crate, builds it, and\n"
        "compares all that it tells, shows, refuses and remembers with the readable engine\n"
        f"(tests/parity/mutants.py). {caught} of {len(verdicts)} caught.\n\n"
        "| defect | planted in | verdict |\n|---|---|---|\n" + rows
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["digest"]:
        sys.stdout.write(digest_of(NativeStructureEngine))
    else:
        main()
