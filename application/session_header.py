"""What a session was: enough to decide it again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Final, Self, cast

from application.ports.journal import JournalDamaged
from domain.market.instrument import Instrument
from domain.market.leverage_bracket import LeverageBracket
from domain.market.timeframe import MINUTE_MS

_AMOUNT_FIELDS: Final = tuple(part for part in fields(Instrument) if part.name not in {"symbol", "brackets"})
_AMOUNTS: Final = tuple(part.name for part in _AMOUNT_FIELDS)
_NEEDED: Final = frozenset(part.name for part in _AMOUNT_FIELDS if part.default is MISSING)
_ID_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class SessionHeader:
    """The first record of a journal; `settings` and `source` are plain JSON values without secrets."""

    kind: str
    version: str
    settings: Mapping[str, object]
    instruments: Mapping[str, Instrument]
    step_ms: int
    source: object

    @property
    def session_id(self) -> str:
        """Name the session after everything in its header: the same session has the same name."""
        text = json.dumps(self.as_json(), sort_keys=True)
        return f"{self.kind}-{hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]}"

    def as_json(self) -> dict[str, object]:
        """Give plain JSON values, amounts as exact text."""
        return {
            "kind": self.kind,
            "version": self.version,
            "settings": dict(self.settings),
            "instruments": [_told(instrument) for instrument in self.instruments.values()],
            "step_ms": self.step_ms,
            "source": self.source,
        }

    @classmethod
    def read(cls, told: Mapping[str, object]) -> Self:
        """Read what `as_json` gave. Raises JournalDamaged when it is something else."""
        try:
            instruments = [_read(row) for row in cast("list[dict[str, object]]", told["instruments"])]
            return cls(
                kind=str(told["kind"]),
                version=str(told["version"]),
                settings=dict(cast("Mapping[str, object]", told["settings"])),
                instruments={instrument.symbol: instrument for instrument in instruments},
                step_ms=_whole_minutes(int(cast("int", told["step_ms"]))),
                source=told["source"],
            )
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise JournalDamaged(f"the journal's header is not one of a session: {error!r}") from error


def _told(instrument: Instrument) -> dict[str, object]:
    amounts = {name: str(getattr(instrument, name)) for name in _AMOUNTS}
    brackets = [[str(figure) for figure in bracket] for bracket in instrument.brackets]
    return {"symbol": instrument.symbol, **amounts, "brackets": brackets}


def _read(told: Mapping[str, object]) -> Instrument:
    # A journal written before a rule was known goes on without that rule.
    amounts = {name: Decimal(str(told[name])) for name in _AMOUNTS if name in told or name in _NEEDED}
    brackets = cast("list[list[str]]", told["brackets"])
    if not brackets or not all(amounts[name].is_finite() and amounts[name] > 0 for name in ("tick", "lot")):
        raise ValueError(f"{told['symbol']} has no grid or no brackets")
    return Instrument(str(told["symbol"]), **amounts, brackets=tuple(_bracket(row) for row in brackets))


def _whole_minutes(step_ms: int) -> int:
    if step_ms <= 0 or step_ms % MINUTE_MS:
        raise ValueError(f"candles of {step_ms} ms")
    return step_ms


def _bracket(row: list[str]) -> LeverageBracket:
    floor, cap, leverage, rate, deduction = row
    return LeverageBracket(Decimal(floor), Decimal(cap), int(leverage), Decimal(rate), Decimal(deduction))
