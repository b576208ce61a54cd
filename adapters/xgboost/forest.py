"""Boosted trees, walked by XGBoost itself where the compiled walker is not to be had."""

import numpy as np
import xgboost
from numpy.typing import NDArray

from domain.structure.structure_view import Features


class XGBoostForest:
    """Gives the margins that the compiled forest gives, bit for bit, a hundred times as slowly.

    `model` is a forest as XGBoost writes it. Raises xgboost.core.XGBoostError for anything else.
    """

    __slots__ = ("_booster",)

    def __init__(self, model: bytes) -> None:
        self._booster = xgboost.Booster({"nthread": 1, "verbosity": 0})
        self._booster.load_model(bytearray(model))

    @property
    def features(self) -> int:
        """How many numbers a row has."""
        return int(self._booster.num_features())

    def margin(self, features: Features) -> float:
        """Give the margin of one row. Raises ValueError for a row of another length."""
        return float(self.margins(np.array([features], dtype=np.float64))[0])

    def margins(self, rows: NDArray[np.float64]) -> NDArray[np.float32]:
        """Give the margins of many rows. Shape (rows, features). Raises ValueError for another length."""
        margins: NDArray[np.float32] = self._booster.inplace_predict(rows, predict_type="margin")
        return margins
