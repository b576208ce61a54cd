"""What Binance calls things, in our words."""
