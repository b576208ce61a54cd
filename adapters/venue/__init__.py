"""Binance's wire protocol on loopback, in front of an exchange that exists only here."""
