"""Rows that could not be used as they came: shown with their problem, mended one by one or alike, and taken back."""
