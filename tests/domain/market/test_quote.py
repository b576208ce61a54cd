from domain.market.quote import Quote


def test_the_price_of_a_quote_lies_half_way() -> None:
    assert Quote(7, "BTCUSDT", 100.0, 1.0, 101.0, 2.0).middle == 100.5
