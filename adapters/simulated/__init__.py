"""A simulated venue: the paper broker and the backtest broker."""
