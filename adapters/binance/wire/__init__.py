"""Binance's bytes in our words, and ours in its; no sockets, no clock."""
