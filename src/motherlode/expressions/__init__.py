"""Expressions that rooms share, for features and plays of plugins too: days around `as_of`, exact sums, one person.

What comes in are columns and tables that Ibis composes; what goes out are others of the same kind. No data is seen.
"""
