from adapters.venue.throw_away_key import throw_away_key


def test_the_same_seed_gives_the_same_key_and_another_another() -> None:
    key = throw_away_key(1)
    assert key == throw_away_key(1)
    assert {key.name, key.secret}.isdisjoint({throw_away_key(2).name, throw_away_key(2).secret})


def test_it_is_as_long_as_a_real_one_and_says_that_it_is_none() -> None:
    key = throw_away_key(7)
    assert (len(key.name), len(key.secret)) == (64, 64)
    assert key.name.startswith("SIMULATED")
    assert key.secret not in repr(key)
