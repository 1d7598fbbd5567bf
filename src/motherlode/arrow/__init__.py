"""Rows in memory, as Arrow tables: what their columns hold, how they look on a terminal, and how they become files."""
