"""What each setting of learning means, in the words of docs/settings.md."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LEARNING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "training.trees.trees": "How many trees a forest has.",
        "training.trees.depth": "How many questions lead to a leaf.",
        "training.trees.step": "How much of what a tree says is believed.",
        "training.trees.least_leaf": "How many independent samples a leaf stands on at least.",
        "training.trees.leaf_prior": "How many samples that say nothing every leaf is mixed with.",
        "training.trees.row_share": "The share of samples that a tree sees.",
        "training.trees.column_share": "The share of features that a tree sees.",
        "training.weights.half_life_ms": "At this age a sample counts half.",
        "training.folds.folds": "In how many parts a model is judged out of sample in training.",
        "training.folds.first_train_share": "The share of samples that the first part learns from.",
        "training.folds.embargo_ms": "How long before a part nothing it is judged on may have ended.",
        "training.folds.longest_train_ms": "How far back a part looks; 0 looks at everything.",
        "training.folds.least_train": "With fewer resolved samples nothing is trained.",
        "training.calibration.isotonic_from": "From so many independent samples on a staircase calibrates.",
        "training.calibration.slope_sd": "How far the calibration's slope is believed to lie from none.",
        "training.calibration.bound_z": "How sure the lower bound that Kelly uses is, as a normal quantile.",
        "training.payoff.pooled_size": "With how many samples of all kinds a kind's payoff is mixed.",
        "training.sees_context": "Whether the heads also see stop, cost, ATR, hour and kind.",
        "retrain.every_trades": "A challenger is trained after so many closed trades.",
        "retrain.is_enabled": "Whether challengers are trained; DISABLE_MODEL_TRAINING wins.",
        "trial.gate.total_alpha": "The chance that noise is ever promoted, over all looks there will be.",
        "trial.gate.least_effective_size": "How many independent samples the first look needs.",
        "trial.gate.least_trades": "How many trades the challenger must have wanted to take by then.",
        "trial.gate.least_blocks": "How many bootstrap blocks long the record must be by then.",
        "trial.gate.bootstrap.block_ms": "How long a bootstrap block is.",
        "trial.gate.bootstrap.cells_per_block": "At how many places a block may begin within its length.",
        "trial.gate.bootstrap.least_resamples": "How often a mean is drawn again at least.",
        "trial.gate.bootstrap.resamples_beyond": "How many redrawn means lie beyond the level on average.",
        "trial.gate.bootstrap.most_resamples": "How often a mean is drawn again at most.",
        "trial.most_looks": "After so many looks a challenger that has not shown its worth is refused.",
        "watch.recent": "Over how many of the last resolved samples a champion's calibration is judged.",
        "watch.least_effective_size": "With fewer independent bets nothing is said of its calibration.",
        "watch.drift.feature": "Mild, strong and severe drift of a feature, as stability index beyond usual.",
        "watch.drift.calibration": "Mild, strong and severe lack of wins, in standard errors.",
        "watch.drift.hit_rate": "Mild, strong and severe evidence of rarer wins, as log odds.",
        "watch.drift.hit_rate_shift": "By how much rarer, on the logit.",
        "watch.drift.shrunk_size": "The share of its bet that a champion in doubt may place.",
        "look_every": "After so many resolved samples trial and champion are looked at.",
        "most_samples": "How many of the newest resolved samples are learned from.",
        "seed": "Deals rows, columns and resamples.",
    }
)
