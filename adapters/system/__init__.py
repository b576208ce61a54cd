"""Reads the clock and the places of this machine."""
