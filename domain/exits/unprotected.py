"""A position that the venue does not protect is left."""

from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.position.closed_trade import ExitReason


def unprotected(bare_since_ms: int, at_ms: int, rules: ExitRules) -> CloseAll | None:
    """Leave what was without a resident stop of its size for 3 s, while the venue could have answered."""
    bare_ms = at_ms - bare_since_ms
    if bare_ms < rules.longest_bare_ms:
        return None
    return CloseAll(ExitReason.UNPROTECTED, f"the venue holds no stop of its size after {bare_ms} ms")


def stop_refused(refusals: int, rules: ExitRules) -> CloseAll | None:
    """Leave what the venue refuses to protect, after three refusals in a row."""
    if refusals < rules.most_stop_refusals:
        return None
    return CloseAll(ExitReason.UNPROTECTED, f"the venue refused its stop {refusals} times")
