from domain.learning.belief import Belief


def test_a_belief_says_who_believes_it() -> None:
    belief = Belief(confidence=0.6, source="fixed")
    assert (belief.confidence, belief.source) == (0.6, "fixed")
