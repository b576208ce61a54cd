"""Reads the kline files of Binance's public archive."""
