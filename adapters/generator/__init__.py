"""Makes candles from a seed: the market a fresh machine has."""
