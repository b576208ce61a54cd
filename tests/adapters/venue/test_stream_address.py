"""Addresses of sockets."""

import asyncio

import pytest
import websockets

from adapters.venue.stream_address import read_address
from adapters.venue.venue_server import VenueServer
from tests.adapters.venue.house import Trader, at_venue


@pytest.mark.parametrize(
    ("path", "query", "told"),
    [
        ("/market/ws/a@b/c@d", "", ("market", False, ["a@b", "c@d"], [], [])),
        ("/public/stream", "streams=a@b/c@d", ("public", True, [], ["a@b", "c@d"], [])),
        ("/ws/a%40b", "", ("", False, ["a@b"], [], [])),
        ("/private", "", ("private", False, [], [], [])),
        ("/private/ws", "listenKey=K&events=X/Y", ("private", False, [], [], [("K", frozenset("XY"))])),
        ("/private/ws", "listenKey=K", ("private", False, [], [], [("K", None)])),
    ],
)
def test_an_address_tells_route_form_streams_and_keys(
    path: str, query: str, told: tuple[object, ...]
) -> None:
    address = read_address(path, query)
    assert address is not None
    assert tuple(address) == told


@pytest.mark.parametrize("path", ["/nowhere/ws/x", "/ws-fapi/v2", "/fapi/v1/time", "/", "/market/wss"])
def test_a_socket_to_nowhere_is_not_found(path: str) -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with asyncio.timeout(2), websockets.connect(server.stream_url + path):
                pass
        assert refused.value.response.status_code == 404

    at_venue(scene)
