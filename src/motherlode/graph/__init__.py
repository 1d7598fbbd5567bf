"""Table functions wired by name, and compiled without data: what stands in the way of a run is told before it begins.

What comes in are promises of functions and the tables that the shell fills; what goes out are expressions in order.
"""
