"""Models and what happened to them, kept in the learning file."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from adapters.sqlite.sealed_record import SealedRecord
from adapters.sqlite.store_file import StoreFile
from application.model_hash import head_hash, is_intact, model_id_of
from application.ports.model_registry import ModelNotKept
from application.ports.trade_store import StoreFailed
from domain.halt import TradingHalt
from domain.learning.model_history import Happening, ModelHistory
from domain.learning.model_record import ModelRecord
from domain.learning.trained_model import Heads, TrainedModel

_RECORD: Final = SealedRecord(ModelRecord)
_HAPPENING: Final = SealedRecord(Happening)

_KEEP_HEAD: Final = "INSERT INTO heads (hash, content) VALUES (?, ?) ON CONFLICT DO NOTHING"
_KEEP_MODEL: Final = "INSERT INTO models (model_id, record) VALUES (?, ?) ON CONFLICT DO NOTHING"
_KEEP_HAPPENING: Final = """
INSERT INTO happenings (number, at_ms, what, model, record) VALUES (?, ?, ?, ?, ?)
"""
_FIND_HEAD: Final = "SELECT content FROM heads WHERE hash = ?"
_FIND_MODEL: Final = "SELECT model_id, record FROM models WHERE model_id = ?"
_MODELS: Final = "SELECT model_id, record FROM models ORDER BY number"
_HAPPENINGS_AFTER: Final = """
SELECT happenings.number, at_ms, what, model, happenings.record, model IS NULL OR model_id IS NOT NULL
FROM happenings LEFT JOIN models ON model = model_id
WHERE happenings.number > ? ORDER BY happenings.number
"""


class _Past(NamedTuple):
    """What happened so far, and where it led to."""

    happenings: tuple[Happening, ...] = ()
    history: ModelHistory = ModelHistory()


class SqliteModelRegistry:
    """Keeps models in an open learning file; calls run where they are made, without a thread."""

    def __init__(self, file: StoreFile) -> None:
        self._file = file
        self._past = _Past()

    async def keep(self, happenings: Sequence[Happening], models: Sequence[TrainedModel] = ()) -> None:
        """Write all or nothing; on disk when this returns."""
        with self._file.transaction():
            for model in models:
                self._keep_model(model)
            past = self._caught_up()
            for one in happenings:
                past = self._kept(past, one)
        self._past = past

    async def history(self) -> tuple[Happening, ...]:
        """Give what happened, oldest first."""
        with self._file.failures_named():
            self._past = self._caught_up()
        return self._past.happenings

    async def records(self) -> tuple[ModelRecord, ...]:
        """Give what every model says of itself, in the order in which they were kept."""
        with self._file.failures_named():
            return tuple(map(_read, self._file.connection.execute(_MODELS)))

    async def model(self, model_id: str) -> TrainedModel:
        """Give one model whole. Raises ModelNotKept, or StoreFailed where it is not what it was."""
        with self._file.failures_named():
            row = self._file.connection.execute(_FIND_MODEL, (model_id,)).fetchone()
            if row is None:
                raise ModelNotKept(f"there is no model {model_id}")
            record = _read(row)
            heads = Heads(
                probability=self._head(record, record.probability_head),
                expected_r=self._head(record, record.expected_r_head),
                context_only=self._head(record, record.context_only_head),
            )
        return TrainedModel(record, heads)

    def _keep_model(self, model: TrainedModel) -> None:
        record = model.record
        if not is_intact(model):
            raise StoreFailed(f"{record.model_id} is not the name of this model; nothing was changed")
        for head in model.heads:
            self._file.connection.execute(_KEEP_HEAD, (head_hash(head), head))
        row = (record.model_id, _RECORD.sealed(record, record.model_id))
        self._file.connection.execute(_KEEP_MODEL, row)

    def _kept(self, past: _Past, one: Happening) -> _Past:
        """Write one thing more, if it can have happened."""
        if one.model and self._file.connection.execute(_FIND_MODEL, (one.model,)).fetchone() is None:
            raise StoreFailed(f"there is no model {one.model} that was {one.what}; nothing was changed")
        following = _followed(past, one)
        keys = (len(past.happenings) + 1, one.at_ms, one.what.value, one.model or None)
        self._file.connection.execute(_KEEP_HAPPENING, (*keys, _HAPPENING.sealed(one, *keys)))
        return following

    def _caught_up(self) -> _Past:
        """Read what was added since, by whomever."""
        past = self._past
        rows = self._file.connection.execute(_HAPPENINGS_AFTER, (len(past.happenings),))
        for number, at_ms, what, model, record, is_model_kept in rows.fetchall():
            if number != len(past.happenings) + 1:
                raise StoreFailed(
                    f"happening {len(past.happenings) + 1} is missing; restore a copy of the file"
                )
            if not is_model_kept:
                raise StoreFailed(
                    f"model {model} of happening {number} is missing; restore a copy of the file"
                )
            past = _followed(past, _HAPPENING.opened(record, number, at_ms, what, model))
        return past

    def _head(self, record: ModelRecord, name: str) -> bytes:
        row = self._file.connection.execute(_FIND_HEAD, (name,)).fetchone()
        if row is None:
            raise StoreFailed(f"a forest of model {record.model_id} is missing; restore a copy of the file")
        if head_hash(row[0]) != name:
            raise StoreFailed(
                f"a forest of model {record.model_id} is not what was written; restore a copy of the file"
            )
        return bytes(row[0])


def _followed(past: _Past, one: Happening) -> _Past:
    try:
        return _Past((*past.happenings, one), past.history.after(one))
    except TradingHalt as halt:
        raise StoreFailed(f"{one.what} cannot follow what is kept: {halt}; nothing was changed") from halt


def _read(row: tuple[str, bytes]) -> ModelRecord:
    model_id, cell = row
    record = _RECORD.opened(cell, model_id)
    if model_id_of(record) != model_id:
        raise StoreFailed(
            f"{model_id} is not the name of the record that is kept as it; restore a copy of the file"
        )
    return record
