from collections import Counter

from adapters.system.seeded_chance import SeededChance


def test_the_same_seed_deals_the_same_cards() -> None:
    hands = [[chance.below(52) for _ in range(20)] for chance in map(SeededChance, (1, 1, 2))]
    assert hands[0] == hands[1] != hands[2]


def test_every_number_comes_up_about_as_often() -> None:
    chance = SeededChance(3)
    counts = Counter(chance.below(6) for _ in range(6_000))
    assert sorted(counts) == [0, 1, 2, 3, 4, 5]
    assert all(850 < count < 1_150 for count in counts.values())
