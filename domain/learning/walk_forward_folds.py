"""Learn on what was over, be judged on what came after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.allowed_range import require_within
from domain.learning.sample_weights import Lifetime
from domain.market.timeframe import HOUR_MS


@dataclass(frozen=True, slots=True)
class FoldRules:
    """How a history is cut. Raises ValueError for numbers that make no sense.

    The first `first_train_share` of the samples is never a test. Nothing that was not over `embargo_ms`
    before a test begins is learned from for it; with `longest_train_ms` above zero neither is what was
    decided on earlier than that. A fold with fewer than `least_train` samples is left out.
    """

    folds: int = 5
    first_train_share: float = 0.4
    embargo_ms: int = 4 * HOUR_MS
    longest_train_ms: int = 0
    least_train: int = 100

    def __post_init__(self) -> None:
        require_within("folds", self.folds, 1, 1_000)
        require_within("first_train_share", self.first_train_share, 0.01, 0.99)
        require_within("embargo_ms", self.embargo_ms, 0)
        require_within("longest_train_ms", self.longest_train_ms, 0)
        require_within("least_train", self.least_train, 1)


class Fold(NamedTuple):
    """Places of the samples to learn from and of those to be judged on, both in order of decision."""

    train: tuple[int, ...]
    test: tuple[int, ...]


def walk_forward_folds(lifetimes: Sequence[Lifetime], rules: FoldRules) -> tuple[Fold, ...]:
    """Cut a history into folds whose tests follow each other, each after all it is learned from.

    Purged and embargoed on each label's own interval (Lopez de Prado 2018, chapter 7): a sample is
    learned from only if it was resolved no later than the embargo before the first decision of
    the test. Samples decided on at one moment are in one test.
    """
    if not lifetimes:
        return ()
    order = sorted(range(len(lifetimes)), key=lambda place: (lifetimes[place].decided_at_ms, place))
    folds = []
    for test in _tests(order, lifetimes, rules):
        train = _train_before(lifetimes[test[0]].decided_at_ms, order, lifetimes, rules)
        if len(train) >= rules.least_train:
            folds.append(Fold(train, test))
    return tuple(folds)


def _tests(order: Sequence[int], lifetimes: Sequence[Lifetime], rules: FoldRules) -> list[tuple[int, ...]]:
    """Cut what is judged into parts of nearly one size, never between decisions of one moment."""
    size = len(order)
    first = int(size * rules.first_train_share)
    wanted = [first + (size - first) * part // rules.folds for part in range(rules.folds)]
    cuts = sorted({_moment_before(cut, order, lifetimes) for cut in wanted})
    return [tuple(order[start:end]) for start, end in zip(cuts, [*cuts[1:], size], strict=True)]


def _moment_before(cut: int, order: Sequence[int], lifetimes: Sequence[Lifetime]) -> int:
    """Move a cut back to the first decision of its moment."""
    moment = lifetimes[order[cut]].decided_at_ms
    while cut > 0 and lifetimes[order[cut - 1]].decided_at_ms == moment:
        cut -= 1
    return cut


def _train_before(
    test_from_ms: int, order: Sequence[int], lifetimes: Sequence[Lifetime], rules: FoldRules
) -> tuple[int, ...]:
    until_ms = test_from_ms - rules.embargo_ms
    from_ms = test_from_ms - rules.longest_train_ms if rules.longest_train_ms else None
    return tuple(
        place
        for place in order
        if lifetimes[place].resolved_at_ms <= until_ms
        and lifetimes[place].decided_at_ms < test_from_ms
        and (from_ms is None or lifetimes[place].decided_at_ms >= from_ms)
    )
