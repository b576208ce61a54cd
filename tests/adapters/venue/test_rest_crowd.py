"""What is told about all traders together."""

import pytest

from adapters.venue.venue_server import VenueServer
from domain.market.timeframe import MINUTE_MS
from tests.adapters.venue.house import START_MS, SYMBOL, Trader, at_venue

RATIOS = ("topLongShortAccountRatio", "topLongShortPositionRatio", "globalLongShortAccountRatio")


@pytest.mark.parametrize("name", RATIOS)
def test_as_many_are_long_as_short(name: str) -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        rows = await trader.ask("GET", f"/futures/data/{name}", symbol=SYMBOL, period="5m")
        assert [row["timestamp"] - START_MS for row in rows] == [5 * MINUTE_MS, 10 * MINUTE_MS]
        assert {row["longShortRatio"] for row in rows} == {"1.0000"}

    at_venue(scene, minutes=11)


def test_takers_bought_and_sold_what_the_candles_say() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        klines = await trader.ask("GET", "/fapi/v1/klines", symbol=SYMBOL, interval="5m")
        rows = await trader.ask("GET", "/futures/data/takerlongshortRatio", symbol=SYMBOL, period="5m")
        assert [row["buyVol"] for row in rows] == [kline[9] for kline in klines[:-1]]

    at_venue(scene, minutes=11)


def test_interest_basis_and_deliveries() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        await trader.buy("0.5")
        now = await trader.ask("GET", "/fapi/v1/openInterest", symbol=SYMBOL)
        held = await trader.ask("GET", "/futures/data/openInterestHist", symbol=SYMBOL, period="5m", limit=1)
        assert (now["openInterest"], held[0]["sumOpenInterest"], len(held)) == ("10.500", "10.500", 1)
        asked = {"pair": SYMBOL, "contractType": "PERPETUAL", "period": "5m"}
        basis = (await trader.ask("GET", "/futures/data/basis", **asked))[0]
        assert float(basis["basis"]) == pytest.approx(
            float(basis["futuresPrice"]) - float(basis["indexPrice"])
        )
        assert await trader.ask("GET", "/futures/data/delivery-price", pair=SYMBOL) == []
        asked["period"] = "7m"
        assert (await trader.ask("GET", "/futures/data/basis", **asked))["code"] == -1130

    at_venue(scene, minutes=11)
