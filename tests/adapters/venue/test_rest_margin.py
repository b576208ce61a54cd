"""Margin added to isolated positions and taken back."""

from decimal import Decimal

from adapters.venue.venue_server import VenueServer
from tests.adapters.venue.house import SYMBOL, Json, Trader, at_venue, hearing_user

PATH = "/fapi/v1/positionMargin"


async def isolated_wallet(trader: Trader) -> Decimal:
    rows: Json = await trader.signed("GET", "/fapi/v3/positionRisk", symbol=SYMBOL)
    return Decimal(rows[0]["isolatedWallet"])


def test_margin_goes_in_and_out_of_an_isolated_position() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.signed("POST", "/fapi/v1/marginType", symbol=SYMBOL, marginType="ISOLATED")
        await trader.buy("0.010")
        before = await isolated_wallet(trader)
        async with hearing_user(server, trader) as listener:
            added = await trader.signed("POST", PATH, symbol=SYMBOL, amount="20", type=1)
            assert (added["code"], added["amount"], added["type"]) == (200, 20, 1)
            told = (await listener.heard(server))[-1]["a"]
            assert (told["m"], Decimal(told["P"][0]["iw"])) == ("MARGIN_TRANSFER", before + 20)
        await trader.signed("POST", PATH, symbol=SYMBOL, amount="5", type=2, positionSide="BOTH")
        assert await isolated_wallet(trader) == before + 15
        rows = await trader.signed("GET", f"{PATH}/history", symbol=SYMBOL)
        assert [(row["type"], row["amount"]) for row in rows] == [(1, "20.00000000"), (2, "5.00000000")]
        only = await trader.signed("GET", f"{PATH}/history", symbol=SYMBOL, type=2, limit=1)
        assert only == rows[1:]

    at_venue(scene)


def test_margin_is_moved_only_where_there_is_some() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        async def code(amount: str, kind: int) -> int:
            answer: Json = await trader.signed("POST", PATH, symbol=SYMBOL, amount=amount, type=kind)
            return int(answer["code"])

        assert await code("1", 1) == -4049
        await trader.signed("POST", "/fapi/v1/marginType", symbol=SYMBOL, marginType="ISOLATED")
        assert await code("1", 1) == -4054
        await trader.buy("0.010")
        assert await code("0", 1) == -4055
        assert await code("1", 3) == -1130
        assert await code("100000", 1) == -4050
        assert await code("29", 2) == -4051

    at_venue(scene)
