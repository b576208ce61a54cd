"""Keeps closed trades and decisions in one SQLite file."""
