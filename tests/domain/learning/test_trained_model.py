from domain.learning.trained_model import Heads


def test_the_heads_are_told_apart_by_name() -> None:
    heads = Heads(probability=b"p", expected_r=b"r", context_only=b"c")
    assert heads._asdict() == {"probability": b"p", "expected_r": b"r", "context_only": b"c"}
