"""What clients of all of Binance ask before they come to the futures."""

from adapters.venue.venue_server import VenueServer
from tests.adapters.venue.house import Trader, at_venue


def test_the_other_houses_are_there_and_empty() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        assert await trader.ask("GET", "/api/v3/ping") == {}
        assert await trader.ask("GET", "/api/v3/time") == {"serverTime": server.venue.now_ms()}
        assert (await trader.ask("GET", "/sapi/v1/system/status"))["status"] == 0
        assert await trader.signed("GET", "/sapi/v1/capital/config/getall") == []
        assert await trader.ask("GET", "/sapi/v1/margin/allPairs") == []
        assert await trader.ask("GET", "/sapi/v1/margin/isolated/allPairs") == []
        assert trader.headers["X-MBX-USED-WEIGHT-1M"] == "0"

    at_venue(scene)
