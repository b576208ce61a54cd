"""What each column of a row did to a forest's margin, by XGBoost's own reckoning."""

from collections.abc import Sequence

import numpy as np
import xgboost

from application.ports.contributions import Contributions


class XGBoostContributions:
    """Gives Shapley values of trees (Lundberg et al. 2020); their sum is the margin, but for rounding."""

    def contributions(self, forest: bytes, rows: Sequence[tuple[float, ...]]) -> tuple[Contributions, ...]:
        """Take the margins of rows apart. Raises ValueError for what is no forest, or rows that misfit."""
        if not rows:
            return ()
        if not forest:
            raise ValueError("a forest of no bytes")
        booster = xgboost.Booster({"nthread": 1, "verbosity": 0})
        booster.load_model(bytearray(forest))
        table = xgboost.DMatrix(np.array(rows, dtype=np.float64), nthread=1)
        told = booster.predict(table, pred_contribs=True, validate_features=False)
        return tuple(_contributions(row) for row in told.astype(np.float64).tolist())


def _contributions(row: list[float]) -> Contributions:
    """XGBoost puts the beginning behind the columns."""
    *columns, base = row
    return Contributions(base, tuple(columns))
