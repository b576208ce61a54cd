"""Boosted trees that XGBoost grew, walked in Rust."""

import numpy as np
from numpy.typing import NDArray

import native
from domain.structure.structure_view import Features


class ModelRefused(ValueError):
    """A model is damaged, or of a kind that the compiled walker does not support."""


class NativeForest:
    """A booster of trees, binary logistic or of squared error; its margins are XGBoost's own, bit for bit.

    `model` is what XGBoost 1.7 to 3 saves as JSON or UBJSON; all its trees count, as in
    `Booster.predict`, so slice a booster that stopped early before saving it. Margins are those of the
    version that wrote it. Raises ModelRefused with the reason for other boosters and objectives, more
    than one output, splits by category, no trees, newer versions, and damage.
    """

    __slots__ = ("_compiled",)

    def __init__(self, model: bytes) -> None:
        try:
            self._compiled = native.Forest.from_xgboost(model)
        except native.ModelRefused as refused:
            raise ModelRefused(*refused.args) from None

    @property
    def features(self) -> int:
        """How many numbers a row has."""
        return self._compiled.features

    def margin(self, features: Features) -> float:
        """Give the log-odds of one row, or the value of squared error; NaN means unknown.

        Raises ValueError for a row of another length.
        """
        return self._compiled.predict_margin(features)

    def margins(self, rows: NDArray[np.float64]) -> NDArray[np.float32]:
        """Give the margins of many rows. Shape (rows, features), row after row in memory (C order).

        Raises ValueError for another length or order, TypeError for other numbers than float64.
        """
        return self._compiled.predict_margins(rows)
