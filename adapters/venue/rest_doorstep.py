"""What clients of all of Binance ask its other houses on the way to the futures one."""

from adapters.venue.parameters import Parameters
from adapters.venue.venue import Venue


def system_status(_venue: Venue, _asked: Parameters) -> object:
    """Tell that nothing is being repaired."""
    return {"status": 0, "msg": "normal"}


def coins(_venue: Venue, _asked: Parameters) -> object:
    """List the coins of the spot wallet: there is no such wallet here."""
    return []


def margin_pairs(_venue: Venue, _asked: Parameters) -> object:
    """List the pairs that spot lends money for: none is here."""
    return []
