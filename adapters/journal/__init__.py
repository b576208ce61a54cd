"""Keeps a session's journal in a file."""
