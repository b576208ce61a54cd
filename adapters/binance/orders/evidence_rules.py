"""How long to wait for what, before something is believed about an order."""

from dataclasses import dataclass

from domain.allowed_range import require_within


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """Every patience of the broker, in milliseconds.

    A request may be carried out until its receive window is over: `send_window_ms` is that window and a
    little more, and only then is an order that nobody can find believed not to be.
    """

    slow_answer_ms: int = 2_000
    entry_look_after_ms: int = 2_000
    exit_look_after_ms: int = 1_000
    look_every_ms: int = 1_000
    send_window_ms: int = 6_000
    stream_grace_ms: int = 1_500
    entry_lifetime_ms: int = 5_000
    exit_patience_ms: int = 60_000
    position_lag_ms: int = 2_000
    position_lag_every_ms: int = 250
    triggering_patience_ms: int = 2_000
    cancel_every_ms: int = 500
    looks_until_gone: int = 3
    searches_for_fills: int = 10
    announced_grace_ms: int = 2_000

    def __post_init__(self) -> None:
        for name in ("slow_answer_ms", "look_every_ms", "send_window_ms", "cancel_every_ms"):
            require_within(name, getattr(self, name), 50, 120_000)
