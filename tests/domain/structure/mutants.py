"""Defects planted on purpose in the structure engine, each with the test that must catch it."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """A defect: in this file the old text becomes the new one, and this test fails."""

    name: str
    file: str
    old: str
    new: str
    caught_by: str


_PORT = "tests/ports/test_structure_engine.py"
_HERE = "tests/domain/structure"

MUTANTS = (
    Mutant(
        "a higher bar is read while it still forms",
        "domain/structure/three_frames.py",
        "        for higher_bar in self._to_higher.fold(bar):\n            self.higher.update(higher_bar)\n",
        "        self._to_higher.fold(bar)\n        self.higher.update(self._to_higher.growing or bar)\n",
        f"{_PORT}::test_a_longer_frame_changes_only_when_its_bar_closes",
    ),
    Mutant(
        "a longer candle closes one bar early",
        "domain/market/candle_aggregator.py",
        "% self._into_ms + self._step_ms == self._into_ms",
        "% self._into_ms + 2 * self._step_ms == self._into_ms",
        f"{_PORT}::test_longer_frames_equal_frames_fed_with_naively_resampled_bars",
    ),
    Mutant(
        "a late longer bar waits for the end of the next bucket",
        "domain/market/candle_aggregator.py",
        "candle.open_time_ms - growing.open_time_ms < self._into_ms",
        "candle.open_time_ms - growing.open_time_ms < 2 * self._into_ms",
        f"{_PORT}::test_a_late_longer_bar_is_read_when_the_next_bucket_starts",
    ),
    Mutant(
        "the state changes before the bar is checked",
        "domain/structure/structure_engine.py",
        "        fault = self._fault_of(bar)\n",
        "        self._frames.participation.update(bar.volume)\n        fault = self._fault_of(bar)\n",
        f"{_PORT}::test_a_refused_bar_is_as_if_it_had_never_come",
    ),
    Mutant(
        "a large hole resets before the bar is checked",
        "domain/structure/structure_engine.py",
        "        fault = self._fault_of(bar)\n",
        "        if self._comes_after_a_hole(bar):\n"
        "            self._frames = ThreeFrames(self._config)\n"
        "        fault = self._fault_of(bar)\n",
        f"{_PORT}::test_a_refused_bar_is_as_if_it_had_never_come",
    ),
    Mutant(
        "a hole of just twelve steps resets",
        "domain/structure/structure_engine.py",
        "bar.open_time_ms - last_ms > longest_ms",
        "bar.open_time_ms - last_ms >= longest_ms",
        f"{_PORT}::test_a_small_hole_stays_finite",
    ),
    Mutant(
        "all engines share one state",
        "domain/structure/order_flow.py",
        "        self._flows: list[float] = []\n        self._volumes: list[float] = []\n",
        "        self._flows: list[float] = _SHARED\n        self._volumes: list[float] = []\n",
        f"{_PORT}::test_two_engines_do_not_know_of_each_other",
    ),
    Mutant(
        "equal highs are measured in percent of the price",
        "domain/structure/liquidity.py",
        "newest.level - level <= self._rules.equal_within_atr * moment.atr",
        "abs(newest.level - level) <= 0.001 * abs(level)",
        f"{_PORT}::test_prices_shifted_by_2_to_the_16_change_no_bit",
    ),
    Mutant(
        "a gap must exceed a fixed amount of money",
        "domain/structure/fair_value_gap.py",
        "top - bottom >= self._rules.min_size_atr * moment.atr_before",
        "top - bottom >= 1.0",
        f"{_PORT}::test_prices_scaled_by_a_power_of_two_change_no_bit",
    ),
    Mutant(
        "participation counts coins, not ratios",
        "domain/structure/participation.py",
        "return part / usual if usual > 0.0 else 1.0",
        "return part / (usual + 1.0)",
        f"{_PORT}::test_volumes_in_another_unit_change_no_bit",
    ),
    Mutant(
        "on one side a displacement may be of just the size, on the other not",
        "domain/structure/displacement.py",
        "    is_large = size >= rules.min_body_atr * atr_before\n",
        "    least = rules.min_body_atr * atr_before\n"
        "    is_large = size >= least if body > 0.0 else size > least\n",
        f"{_HERE}/test_displacement.py",
    ),
    Mutant(
        "highs may equal those before, lows may not",
        "domain/structure/sided_bar.py",
        "SidedBar(-opened, -low, -high, -close)",
        "SidedBar(-opened, -low + 0.125, -high, -close)",
        f"{_PORT}::test_a_chart_upside_down_turns_directions_round_and_nothing_else",
    ),
    Mutant(
        "bearish breakers weigh on the wrong side",
        "domain/structure/features.py",
        "(up.blocks + down.breakers) - (down.blocks + up.breakers)",
        "(up.blocks + up.breakers) - (down.blocks + down.breakers)",
        f"{_HERE}/test_features.py",
    ),
    Mutant(
        "a bearish block is shown as bullish",
        "domain/structure/nearest_zone.py",
        "middle.down.blocks.nearest(-close, middle.last_bar, is_breaker=True)",
        "middle.down.blocks.nearest(close, middle.last_bar, is_breaker=False)",
        f"{_PORT}::test_the_view_upside_down_shows_the_other_side",
    ),
    Mutant(
        "a plateau's last bar wins too",
        "domain/structure/swing.py",
        "middle > max(highs[:reach])",
        "middle >= max(highs[:reach])",
        f"{_HERE}/test_swing.py::test_equal_highs_still_confirm_the_first_one_and_only_it",
    ),
    Mutant(
        "a swing is confirmed one bar early",
        "domain/structure/swing.py",
        "if len(highs) <= 2 * reach:",
        "if len(highs) < 2 * reach:",
        f"{_HERE}/test_swing.py",
    ),
    Mutant(
        "a close on the level breaks it",
        "domain/structure/break_of_structure.py",
        "close > self.price",
        "close >= self.price",
        f"{_HERE}/test_break_of_structure.py",
    ),
    Mutant(
        "the breaking bar belongs to the leg",
        "domain/structure/chart_side.py",
        "        is_broken = self.level.break_by(bar.close)\n",
        "        self._leg.extend(bar, self._bars)\n        is_broken = self.level.break_by(bar.close)\n",
        f"{_HERE}/test_chart_side.py::test_the_leg_ends_before_the_bar_that_breaks",
    ),
    Mutant(
        "a sweep may show three bars later",
        "domain/structure/liquidity.py",
        "moment.bar - pool.pierced_bar < self._rules.wait_bars",
        "moment.bar - pool.pierced_bar <= self._rules.wait_bars",
        f"{_HERE}/test_liquidity.py::test_equal_highs_are_swept_within_two_bars_or_were_a_run",
    ),
    Mutant(
        "a waiting sweep is lost in the snapshot",
        "domain/structure/liquidity.py",
        "        out.whole(len(self._pierced))\n        for pierced in self._pierced:\n",
        "        out.whole(0)\n        for pierced in self._pierced[:0]:\n",
        f"{_PORT}::test_a_snapshot_goes_on_at_every_kind_of_moment",
    ),
    Mutant(
        "a snapshot rounds",
        "domain/structure/snapshot.py",
        "self._words.append(float(value).hex())",
        "self._words.append(float(f'{value:.15g}').hex())",
        f"{_PORT}::test_a_snapshot_goes_on_at_every_kind_of_moment",
    ),
    Mutant(
        "a gap spans a missing bar",
        "domain/structure/frame.py",
        "times == [now_ms - 2 * step_ms, now_ms - step_ms]",
        "len(times) == 2",
        f"{_PORT}::test_a_fair_value_gap_never_spans_a_missing_bar",
    ),
    Mutant(
        "sums are compensated, as the built-in does in later Pythons",
        "domain/structure/squash.py",
        "    for number in numbers:\n        total += number\n    return total\n",
        "    return math.fsum(numbers) + total\n",
        f"{_HERE}/test_squash.py",
    ),
    Mutant(
        "the hour is London's",
        "domain/market/killzone.py",
        "_STANDARD_OFFSET_HOURS: Final = -5",
        "_STANDARD_OFFSET_HOURS: Final = 0",
        "tests/domain/market/test_killzone.py",
    ),
    Mutant(
        "clocks change on the first Sunday of March",
        "domain/market/killzone.py",
        "_day_number(year, 3, 8)",
        "_day_number(year, 3, 1)",
        "tests/domain/market/test_killzone.py",
    ),
    Mutant(
        "blocks are kept without end",
        "domain/structure/order_block.py",
        "            del self.kept[0]\n",
        "            self.kept = list(self.kept)\n",
        f"{_HERE}/test_structure_engine.py::test_nothing_that_is_kept_outgrows_its_bound",
    ),
    Mutant(
        "rows begin before the hour's range is known",
        "domain/structure/three_frames.py",
        "            and self.higher.atr.now >= 0.0\n",
        "",
        f"{_PORT}::test_rows_are_whole_within_bounds_and_never_stop_once_ready",
    ),
)

AT_THE_TOP = {
    "all engines share one state": "_SHARED: list[float] = []\n",
    "sums are compensated, as the built-in does in later Pythons": "import math\n",
}
"""What some defects need at module level, put before the first class or function."""
