"""Why trading stops."""


class TradingHalt(Exception):
    """The service broke one of its own rules or can no longer trust its book; no order may follow."""
