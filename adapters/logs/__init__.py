"""Writes log lines for people and machines, without secrets."""
