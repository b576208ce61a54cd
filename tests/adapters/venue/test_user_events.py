"""The keys of user events are those that were seen on the real wire."""

from adapters.venue.venue_server import VenueServer
from tests.adapters.venue.house import SYMBOL, Trader, at_venue, hearing_user


def keys(text: str) -> set[str]:
    return set(text.split())


ORDER_KEYS = keys("s c S o f q p ap sp x X i l z L n N T t b a m R wt ot ps cp rp pP si ss V pm gtd er")
POSITION_KEYS = keys("s pa ep bep cr up mt iw ps ma")


def test_orders_fills_balances_and_positions_have_the_keys_of_the_wire() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with hearing_user(server, trader) as user:
            await trader.buy("0.010")
            new, lite, traded, account = await user.heard(server)
        assert set(new["o"]) == set(traded["o"]) == ORDER_KEYS
        zeros = {name for name in ORDER_KEYS if new["o"][name] == "0"}
        assert zeros == {"p", "ap", "sp", "l", "z", "L", "n", "b", "a", "rp", "er"}
        assert set(lite) == keys("e E T s q p m c S L l t i")
        assert set(account["a"]["B"][0]) == keys("a wb cw bc")
        assert set(account["a"]["P"][0]) == POSITION_KEYS
        assert (account["a"]["P"][0]["s"], account["a"]["P"][0]["mt"]) == (SYMBOL, "cross")

    at_venue(scene)
