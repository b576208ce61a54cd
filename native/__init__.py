"""The rules that must be fast, compiled from Rust; each is the twin of a readable one in domain/."""

try:
    from native._native import (
        IS_RELEASE_BUILD,
        CandleAggregator,
        CandleRefused,
        CandleRun,
        Forest,
        ModelRefused,
        Scout,
        SnapshotRefused,
        StructureEngine,
    )
except ImportError as _missing:
    raise ImportError("`native` is not compiled here, or not lately; build it with: make build") from _missing

__all__ = [
    "IS_RELEASE_BUILD",
    "CandleAggregator",
    "CandleRefused",
    "CandleRun",
    "Forest",
    "ModelRefused",
    "Scout",
    "SnapshotRefused",
    "StructureEngine",
]
