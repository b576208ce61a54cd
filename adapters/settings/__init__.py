"""Reads what the user chose."""
