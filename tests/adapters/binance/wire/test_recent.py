from adapters.binance.wire.recent import Recent


def test_the_oldest_is_forgotten_first() -> None:
    recent: Recent[str, int] = Recent(2)
    recent["a"], recent["b"] = 1, 2
    recent["a"] = 3
    recent["c"] = 4
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (3, None, 4)
    assert "b" not in recent
    assert len(recent) == 2
