"""The trading rules: pure, synchronous, without clock or IO; time, prices and fills are arguments."""
