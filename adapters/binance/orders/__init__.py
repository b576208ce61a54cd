"""What becomes of our orders at Binance, as plain state machines: they say what to ask and what to tell."""
