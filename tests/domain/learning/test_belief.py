from domain.learning.belief import Belief


def test_a_belief_says_who_believes_it() -> None:
    belief = Belief(confidence=0.6, source="fixed")
    assert (belief.confidence, belief.source) == (0.6, "fixed")


def test_a_belief_names_its_source_and_why() -> None:
    assert Belief(None, "no_model").in_words() == "no_model"
    assert Belief(0.6, "3f2a", words="win probability 0.58").in_words() == "3f2a (win probability 0.58)"
