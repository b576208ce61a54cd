"""Indices, funds and sessions."""

from adapters.venue.venue_server import VenueServer
from tests.adapters.venue.house import OTHER, SYMBOL, Trader, at_venue


def test_each_is_told_for_one_symbol_and_for_all() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        risks = await trader.ask("GET", "/fapi/v1/symbolAdlRisk")
        assert [row["symbol"] for row in risks] == [SYMBOL, OTHER]
        assert (await trader.ask("GET", "/fapi/v1/symbolAdlRisk", symbol=OTHER)) == risks[1]
        funds = await trader.ask("GET", "/fapi/v1/insuranceBalance")
        assert await trader.ask("GET", "/fapi/v1/insuranceBalance", symbol=OTHER) == funds[0]
        rates = await trader.ask("GET", "/fapi/v1/assetIndex")
        assert await trader.ask("GET", "/fapi/v1/assetIndex", symbol="USDTUSD") == rates[0]
        assert (await trader.ask("GET", "/fapi/v1/assetIndex", symbol="BTCUSD"))["code"] == -1121

    at_venue(scene)


def test_there_is_no_basket_of_coins_and_no_stock() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        assert await trader.ask("GET", "/fapi/v1/indexInfo") == []
        assert (await trader.ask("GET", "/fapi/v1/indexInfo", symbol=SYMBOL))["code"] == -1121
        schedule = (await trader.ask("GET", "/fapi/v1/tradingSchedule"))["marketSchedules"]
        assert schedule["EQUITY"]["sessions"][0]["type"] == "NO_TRADING"
        made_of = await trader.ask("GET", "/fapi/v1/constituents", symbol=SYMBOL)
        index = await trader.ask("GET", "/fapi/v1/premiumIndex", symbol=SYMBOL)
        assert made_of["constituents"][0]["price"] == index["indexPrice"]

    at_venue(scene)
