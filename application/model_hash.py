"""The name of a model is a function of what it is."""

import hashlib
from dataclasses import replace
from typing import Final

from domain.learning.model_record import ModelRecord
from domain.learning.trained_model import Heads, TrainedModel

_ID_DIGITS: Final = 16
_HEAD_DIGITS: Final = 32
"""Half of a SHA-256: whole ones look like a signature to whoever hunts for secrets."""


def head_hash(head: bytes) -> str:
    """Give the hash under which a forest is kept."""
    return hashlib.sha256(head).hexdigest()[:_HEAD_DIGITS]


def named(record: ModelRecord, heads: Heads) -> TrainedModel:
    """Give a model its forests' hashes and its id: a hash of those and of every figure in its record.

    When it was trained, whose child it is and what became of it do not make it another model.
    """
    hashed = replace(
        record,
        probability_head=head_hash(heads.probability),
        expected_r_head=head_hash(heads.expected_r),
        context_only_head=head_hash(heads.context_only),
    )
    return TrainedModel(replace(hashed, model_id=model_id_of(hashed)), heads)


def model_id_of(record: ModelRecord) -> str:
    """Give the id that belongs to a record; another one means that somebody changed a figure."""
    figures = replace(
        record, model_id="", trained_at_ms=record.span.resolved_until_ms, parent=None, promotion=None
    )
    return hashlib.sha256(repr(figures).encode()).hexdigest()[:_ID_DIGITS]


def is_intact(model: TrainedModel) -> bool:
    """Whether record and forests are still what they were when the model was named."""
    return named(model.record, model.heads).record == model.record
