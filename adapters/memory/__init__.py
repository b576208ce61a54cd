"""Keeps a session in memory only."""
