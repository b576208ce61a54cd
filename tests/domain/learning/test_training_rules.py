import pytest

from domain.learning.training_rules import TrainingRules, TreeRules


def test_trees_are_shallow_and_regularised_unless_told_otherwise() -> None:
    trees = TrainingRules().trees
    assert trees.depth <= 3
    assert trees.trees == 60
    assert trees.least_leaf >= 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trees", 0),
        ("depth", 0),
        ("depth", 11),
        ("step", 0.0),
        ("step", 1.1),
        ("least_leaf", 0.0),
        ("leaf_prior", -1.0),
        ("row_share", 0.0),
        ("row_share", 1.1),
        ("column_share", 0.0),
        ("column_share", 1.1),
    ],
)
def test_rules_that_make_no_sense_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is"):
        TreeRules(**{name: value})  # type: ignore[arg-type] # the wrong values are the point
