"""When an exit that was refused is tried again."""

from typing import Final

from domain.exits.exit_rules import ExitRules

_MOST_DOUBLINGS: Final = 4


def next_exit_from_ms(refused_at_ms: int, refusals: int, rules: ExitRules) -> int:
    """Give the moment from which on to try again: 1 s after the first refusal, then 2, 4, 8, and 16 s."""
    doublings = min(max(refusals - 1, 0), _MOST_DOUBLINGS)
    return refused_at_ms + (rules.exit_retry_ms << doublings)
