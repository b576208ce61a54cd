"""Reads and writes klines in Parquet files."""
